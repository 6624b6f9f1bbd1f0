/**
 * Whether a form was sent by a page of this site: browsers name the origin in every post, and pages cannot change it.
 * It is compared with WEB_URL. A proxy may change `Host`, and a client may set `X-Forwarded-Host`, so neither is used.
 */
export function isFromHere(headers: Pick<Headers, "get">, webUrl: string): boolean {
  return headers.get("origin") === webUrl;
}

const LONGEST = 200;

/** The line for the log. The values come from the client, so each is quoted and shortened. */
export function foreignForm(headers: Pick<Headers, "get">, webUrl: string): string {
  const [origin, host] = ["origin", "host"].map((name) =>
    JSON.stringify(headers.get(name)?.slice(0, LONGEST) ?? null),
  );
  if (headers.get("origin") === null) {
    return (
      `A form was refused: it has no Origin, but WEB_URL is "${webUrl}" (Host: ${host}). ` +
      "Every browser sends it, so a proxy must not remove it."
    );
  }
  return (
    `A form was refused: its Origin is ${origin}, but WEB_URL is "${webUrl}" (Host: ${host}). ` +
    "If people open the web app at that origin, set WEB_URL to it."
  );
}
