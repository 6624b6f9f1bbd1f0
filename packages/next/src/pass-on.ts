/** Hands a request on: to the page, or to where the app's own proxy sends it. */

import "server-only";

import { type NextRequest, NextResponse } from "next/server";

const REWRITE = "x-middleware-rewrite";
const OVERRIDES = "x-middleware-override-headers";
const OVERRIDE = /^x-middleware-(override-headers$|request-)/;
const COOKIES = "x-middleware-request-cookie";

/** Pages read the renewed session from the headers of the request, also if another proxy has answered. */
export function passOn(request: NextRequest, answer: Response | undefined): NextResponse {
  const passed = NextResponse.next({ request: { headers: request.headers } });
  if (!answer) return passed;
  const response = answer instanceof NextResponse ? answer : new NextResponse(answer.body, answer);
  if (response.headers.has("location")) return response;
  if (!response.headers.has(OVERRIDES))
    for (const [name, value] of passed.headers) if (OVERRIDE.test(name)) response.headers.set(name, value);
  if (isForElsewhere(request, response)) removeCookies(response.headers);
  return response;
}

/** Whether another server will answer this request. */
export function isForElsewhere({ nextUrl }: NextRequest, { headers }: Response): boolean {
  const target = headers.get(REWRITE);
  return target !== null && new URL(target, nextUrl.origin).origin !== nextUrl.origin;
}

/** Postern's cookies are for this host: another server could use them as the person. */
function removeCookies(headers: Headers): void {
  const all = headers.get(COOKIES)?.split(/;\s*/) ?? [];
  const others = all.filter((cookie) => !/^(__Host-)?postern(-[^=]*)?(=|$)/.test(cookie));
  if (others.length > 0) {
    headers.set(COOKIES, others.join("; "));
    return;
  }
  // Next removes a header that is not in this list.
  headers.delete(COOKIES);
  const names = headers.get(OVERRIDES)?.split(",") ?? [];
  headers.set(OVERRIDES, names.filter((name) => name !== "cookie").join(","));
}
