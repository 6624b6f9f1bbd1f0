/** Whether a form was sent by a page of this site: browsers name the origin in every post, and pages cannot change it. */
export function isFromHere(headers: Pick<Headers, "get">): boolean {
  const origin = headers.get("origin") ?? "";
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}
