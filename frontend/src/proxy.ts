/** Courtesy, not the border: sessions kept fresh, a policy with a nonce for each page, a short way to /signin. */

import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/content-security-policy";
import { env } from "@/env";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { renew, type Standing, tellBrowser } from "@/session/renewal";

const GUARDED = ["/profile", "/security"];

/** What is the same for everybody needs no session. */
const FILES = /^\/(_next\/|icon\.svg$)/;

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const response = FILES.test(request.nextUrl.pathname) ? withPolicy(request) : await withSession(request);
  if (env().https) {
    // Of this host alone: whether its subdomains speak https is not ours to say.
    response.headers.set("Strict-Transport-Security", "max-age=63072000");
  }
  return response;
}

async function withSession(request: NextRequest): Promise<NextResponse> {
  const standing = await renew(request);
  const response = toSignin(request, standing) ?? withPolicy(request);
  tellBrowser(standing, response);
  return response;
}

function toSignin({ method, nextUrl }: NextRequest, { session }: Standing): NextResponse | undefined {
  // A form post is left to its action, which guards itself: a redirect would carry the post along.
  const reads = method === "GET" || method === "HEAD";
  if (!reads || !GUARDED.includes(nextUrl.pathname) || session === "held") return;
  const notice = session === "ended" ? SESSION_ENDED : undefined;
  return NextResponse.redirect(new URL(signinPath(nextUrl.pathname + nextUrl.search, notice), nextUrl));
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
