/** What a request says about itself: whether people open this app on https, and which page it is for. */

import "server-only";

import { missing } from "./refusal.ts";
import { HOME, nextPath } from "./session/path.ts";

/** The proxy writes it, so a visitor cannot: pages and actions do not know their own address. */
export const PATH = "postern-path";

type Cookies = { has(name: string): boolean };

/**
 * On https only the `__Host-` cookies count. A proxy in front that does not say `X-Forwarded-Proto` is no reason to lose
 * them: a browser sends them on https alone.
 */
export function isHttps(headers: Pick<Headers, "get">, cookies: Cookies): boolean {
  const protocol = headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  return protocol === "https" || cookies.has("__Host-postern") || cookies.has("__Host-postern-refresh");
}

/** The page that this request is for, to return to. */
export function pathOf(headers: Pick<Headers, "get">): string {
  const path = nextPath(headers.get(PATH));
  return path === HOME ? "/" : path;
}

/** The page of this site that sent the request, to return to. */
export function cameFrom(headers: Pick<Headers, "get">): string {
  const referer = headers.get("referer") ?? "";
  if (!URL.canParse(referer)) return "/";
  const { pathname, search } = new URL(referer);
  const path = nextPath(pathname + search);
  return path === HOME ? "/" : path;
}

export function reauthenticatePath(next: string): string {
  return `/reauthenticate?next=${encodeURIComponent(next)}`;
}

/** The token of a bearer header (RFC 6750). Other schemes are for a proxy in front of this app. */
export function bearerIn(headers: Pick<Headers, "get">): string | undefined {
  const header = headers.get("authorization");
  if (header === null) return;
  const [scheme, token, ...rest] = header.split(" ");
  if (scheme?.toLowerCase() !== "bearer") return;
  if (!token || rest.length > 0) throw missing();
  return token;
}
