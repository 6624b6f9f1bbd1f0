/** Before each request: shows Postern's pages on this host, keeps the session fresh, and redirects to /signin early. */

import "server-only";

import { type NextFetchEvent, type NextRequest, NextResponse } from "next/server";
import { isHttps, PATH } from "./current.ts";
import { isFile, isPage } from "./pages.ts";
import { matcherOf } from "./patterns.ts";
import { SESSION_ENDED, signinPath } from "./session/path.ts";
import { renew, type Standing, tellBrowser } from "./session/renewal.ts";
import type { Settings } from "./settings.ts";
import { loadWhole } from "./whole.ts";

export interface ProxyOptions {
  /** The pages that only a person who is signed in may open, as in a matcher of Next: "/app/:path*". */
  readonly protect?: readonly string[];
  /**
   * Your own proxy, for requests that Postern lets pass. It gets the request with the new session. Its own redirects and
   * rewrites count.
   */
  readonly after?: (
    request: NextRequest,
    event: NextFetchEvent,
  ) => Response | undefined | Promise<Response | undefined>;
}

export type PosternProxy = (request: NextRequest, event: NextFetchEvent) => Promise<Response>;

export function proxyOf(settings: () => Settings, { protect = [], after }: ProxyOptions = {}): PosternProxy {
  const isProtected = matcherOf(protect);

  return async (request, event) => {
    const { pathname, search, basePath } = request.nextUrl;
    if (isFile(pathname)) return toWebApp(request, settings());
    if (isPage(pathname) && isFromThisApp(request)) return loadWhole();
    // Next adds the basePath to links and redirects. Postern's pages are outside of it.
    if (isPage(pathname) && basePath) return NextResponse.redirect(new URL(pathname + search, request.url));
    if (isPage(pathname)) return toWebApp(request, settings());
    if (pathname.startsWith("/_next/")) return NextResponse.next();

    const { api } = settings();
    const https = isHttps(request.headers, request.cookies);
    const path = basePath + (basePath && pathname === "/" ? "" : pathname) + search;
    request.headers.set(PATH, path);
    const standing = await renew(request, { api, https });
    const response =
      (isProtected(pathname) ? guard(request, standing, path) : undefined) ??
      passingOn(request, await after?.(request, event));
    tellBrowser(standing, response, https);
    return response;
  };
}

function toWebApp({ nextUrl }: NextRequest, { webUrl }: Settings): Response {
  return NextResponse.rewrite(new URL(nextUrl.pathname + nextUrl.search, webUrl));
}

/**
 * Next's router asks for the content of a page to show it in the open page. That works only among pages of one app, so
 * this request must not reach the other app.
 */
function isFromThisApp({ method, headers }: NextRequest): boolean {
  if (method !== "GET" || headers.get("accept")?.includes("text/html")) return false;
  const referer = headers.get("referer") ?? "";
  return URL.canParse(referer) && !isPage(new URL(referer).pathname);
}

function guard(request: NextRequest, standing: Standing, path: string): NextResponse | undefined {
  // The action of a form post guards itself. A redirect here would send the post on to /signin.
  if (request.method !== "GET" && request.method !== "HEAD") return;
  if (standing.unavailable && request.headers.get("accept")?.includes("text/html"))
    return whileUnavailable(standing.unavailable.response.headers.get("retry-after"));
  if (standing.session === "held") return;
  const notice = standing.session === "ended" ? SESSION_ENDED : undefined;
  return NextResponse.redirect(new URL(signinPath(path, notice), request.url));
}

/** There is a session, but it could not be renewed: this is no reason to ask the person to sign in. */
function whileUnavailable(retryAfter: string | null): NextResponse {
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    '<title>One moment</title><h1>One moment</h1><p role="alert">We can\'t reach the service just now. ' +
    'You are still signed in. Please try again in a moment.</p><p><a href="">Try again</a></p></html>';
  return new NextResponse(page, {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Retry-After": retryAfter ?? "5",
    },
  });
}

const OVERRIDE = /^x-middleware-(override-headers$|request-)/;

/** Pages read the renewed session from the headers of the request, also if another proxy has answered. */
function passingOn(request: NextRequest, answer: Response | undefined): NextResponse {
  const passed = NextResponse.next({ request: { headers: request.headers } });
  if (!answer) return passed;
  const response = answer instanceof NextResponse ? answer : new NextResponse(answer.body, answer);
  if (response.headers.has("x-middleware-override-headers") || response.headers.has("location"))
    return response;
  for (const [name, value] of passed.headers) if (OVERRIDE.test(name)) response.headers.set(name, value);
  return response;
}
