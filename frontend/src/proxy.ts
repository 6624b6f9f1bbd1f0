/** Keeps sessions fresh, sets the policy with a new nonce, and redirects to /signin early. The pages themselves guard. */

import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/content-security-policy";
import { env } from "@/env";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { foreignForm, isFromHere } from "@/lib/same-origin";
import { renew, type Standing, tellBrowser } from "@/session/renewal";

const GUARDED = ["/profile", "/security"];

const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Bytes: enough for a few fields and what Next adds. */
const LARGEST_FORM = 100_000;

/** Files that are the same for everybody: they need no session. */
const FILES = /^\/(_next\/|icon\.svg$)/;

export async function proxy(request: NextRequest): Promise<NextResponse> {
  return refused(request) ?? passed(request);
}

/** Refuses requests that no page of ours sends. Next would answer them with a page or with a 500. */
function refused({ method, headers }: NextRequest): NextResponse | undefined {
  if (!METHODS.includes(method)) {
    return new NextResponse("This site does not accept this method.", {
      status: 405,
      headers: { allow: METHODS.join(", ") },
    });
  }
  if (method !== "POST") return;
  const { webUrl } = env();
  if (headers.has("origin") && !isFromHere(headers, webUrl)) {
    process.stderr.write(`${foreignForm(headers, webUrl)}\n`);
    return new NextResponse("This form was sent from another site.", { status: 403 });
  }
  if (Number(headers.get("content-length")) > LARGEST_FORM) {
    return new NextResponse("This form is too large.", { status: 413 });
  }
}

async function passed(request: NextRequest): Promise<NextResponse> {
  return FILES.test(request.nextUrl.pathname) ? withPolicy(request) : withSession(request);
}

async function withSession(request: NextRequest): Promise<NextResponse> {
  const standing = await renew(request);
  const response = toSignin(request, standing) ?? withPolicy(request);
  tellBrowser(standing, response);
  return response;
}

function toSignin({ method, nextUrl }: NextRequest, { session }: Standing): NextResponse | undefined {
  // The action of a form post guards itself. A redirect here would send the post on to /signin.
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
