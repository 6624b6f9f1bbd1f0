/** Courtesy, not the border: a policy with a nonce for each page, and a short way to /signin. */

import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/content-security-policy";
import { env } from "@/env";
import { signinPath } from "@/lib/next-path";
import { sessionCookieName, tokenIn } from "@/session/cookie";

const GUARDED = ["/profile"];

export function proxy(request: NextRequest): NextResponse {
  const response = toSignin(request) ?? withPolicy(request);
  if (env().https) {
    // Of this host alone: whether its subdomains speak https is not ours to say.
    response.headers.set("Strict-Transport-Security", "max-age=63072000");
  }
  return response;
}

function toSignin({ method, nextUrl, cookies }: NextRequest): NextResponse | undefined {
  // A form post is left to its action, which guards itself: a redirect would carry the post along.
  const reads = method === "GET" || method === "HEAD";
  const token = tokenIn(cookies.get(sessionCookieName(env().https))?.value);
  if (!reads || !GUARDED.includes(nextUrl.pathname) || token) return;
  return NextResponse.redirect(new URL(signinPath(nextUrl.pathname + nextUrl.search), nextUrl));
}

function withPolicy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy({ nonce, ...env() });
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy); // Next reads the nonce from here
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}
