/** Before each request: shows Postern's pages on this host, keeps the session fresh, and guards what is protected. */

import "server-only";

import { type NextFetchEvent, type NextRequest, NextResponse } from "next/server";
import { isHttps, PATH } from "./current.ts";
import { guard } from "./guard.ts";
import { isFile, isPage } from "./pages.ts";
import { isForElsewhere, passOn } from "./pass-on.ts";
import { matcherOf } from "./patterns.ts";
import { keepPrivate, renew, tellBrowser } from "./session/renewal.ts";
import type { Settings } from "./settings.ts";
import { loadWhole } from "./whole.ts";

export interface ProxyOptions {
  /**
   * The pages that only a person who is signed in may open, as in a matcher of Next: "/app/:path*". The access token is
   * verified offline, for every method. Whether the session was ended elsewhere, only `requireUser` and `live` notice.
   */
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
    if (isPage(pathname) && basePath)
      return NextResponse.redirect(new URL(withoutSlash(pathname) + search, request.url));
    if (isPage(pathname)) return toWebApp(request, settings());
    if (pathname.startsWith("/_next/")) return NextResponse.next();

    const known = settings();
    const https = isHttps(request.headers, request.cookies);
    const path = basePath + (basePath && pathname === "/" ? "" : pathname) + search;
    request.headers.set(PATH, path);
    const renewed = await renew(request, { api: known.api, https });
    const guarded = isProtected(pathname);
    const { standing, answer } = guarded
      ? await guard({ request, settings: known, https, path }, renewed)
      : { standing: renewed };
    const passed = answer ?? passOn(request, await after?.(request, event));
    // Next would give new cookies to the other server too, whose answer may be kept by caches. So the browser gets them first.
    const cookiesFirst = standing.edits.length > 0 && isForElsewhere(request, passed);
    const response = cookiesFirst ? NextResponse.redirect(new URL(path, request.url)) : passed;
    if (guarded) keepPrivate(response);
    tellBrowser(standing, response, https);
    return response;
  };
}

function toWebApp({ nextUrl }: NextRequest, { webUrl }: Settings): Response {
  return NextResponse.rewrite(new URL(withoutSlash(nextUrl.pathname) + nextUrl.search, webUrl));
}

/** An app with `trailingSlash` adds a slash, from which the web app would redirect: that would never end. */
function withoutSlash(pathname: string): string {
  return pathname.replace(/\/+$/, "");
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
