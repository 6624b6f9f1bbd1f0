/**
 * Whether a form was sent by a page of this site: browsers name the origin in every post, and pages cannot change it.
 * Next asks the same before an action. Of several proxies that each append a host, the first heard it from the browser.
 */
export function isFromHere(headers: Pick<Headers, "get">): boolean {
  const origin = headers.get("origin") ?? "";
  const host = headers.get("x-forwarded-host")?.split(",")[0]?.trim() || headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}
