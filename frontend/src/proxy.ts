/** Keeps sessions fresh, sets the policy with a new nonce, and redirects to /signin early. The pages themselves guard. */

import { type NextRequest, NextResponse } from "next/server";
import { isPage, loadWhole, renew, type Standing, tellBrowser } from "postern-auth/web";
import { refusal, sentenceOf } from "@/api/problems";
import { contentSecurityPolicy, POLICY_OF_LOGO, POLICY_OF_MAIL } from "@/content-security-policy";
import { env } from "@/env";
import { FROM_OPEN_PAGE, REFUSED } from "@/every-answer";
import { fill } from "@/lib/fill";
import { isReadable } from "@/lib/form-body";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { reportForeignForm } from "@/lib/refused-forms";
import { isFromHere } from "@/lib/same-origin";
import { staticPage } from "@/lib/static-page";
import { LOGOS } from "@/look/logo";
import { withoutToken } from "@/session/mailed";
import { wiring } from "@/session/wiring";
import { spokenIn } from "@/words/catalogue";
import type { Spoken } from "@/words/words";

const GUARDED = ["/profile", "/security", "/reauthenticate"];

const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Bytes: enough for a few fields and what Next adds. */
const LARGEST_FORM = 100_000;

/** The HTML of one mail in the mailbox of development. */
const MAIL = /^\/dev\/mail\/[^/]+\/html$/;

/** Pages that only this app's own address has. */
const OWN = /^\/dev\//;

/** Files that are the same for everybody: they need no session. */
const FILES = /^\/(_next\/|_postern\/|\.well-known\/|(icon\.svg|manifest\.webmanifest|robots\.txt)$)/;

export async function proxy(request: NextRequest): Promise<NextResponse> {
  return refused(request) ?? (await unreadable(request)) ?? withoutToken(request) ?? passed(request);
}

/** Refuses requests that no page of ours sends. Next would answer them with a page or with a 500. */
function refused(request: NextRequest): NextResponse | undefined {
  const { method, headers } = request;
  const early = headers.get(REFUSED);
  if (early === "400") return new NextResponse("This address must start with a slash.", { status: 400 });
  if (early === "411")
    return new NextResponse("This site accepts only forms with a Content-Length.", { status: 411 });
  if (early === "405" || !METHODS.includes(method)) {
    return new NextResponse("This site does not accept this method.", {
      status: 405,
      headers: { allow: METHODS.join(", ") },
    });
  }
  if (method !== "POST") return;
  const { webUrl } = env();
  const spoken = spokenBy(request);
  if (headers.has("origin") && !isFromHere(headers, webUrl)) {
    reportForeignForm(headers, webUrl);
    const { refusedForm } = spoken.words;
    const address = { address: webUrl };
    return withPage(403, spoken, {
      title: refusedForm.title,
      text: fill(refusedForm.text, address),
      link: { href: webUrl, label: fill(refusedForm.open, address) },
    });
  }
  if (Number(headers.get("content-length")) > LARGEST_FORM) {
    return new NextResponse(spoken.words.refusedForm.tooLarge, { status: 413 });
  }
}

/** Next would answer with a 500, and write a stack trace into the log. */
async function unreadable(request: NextRequest): Promise<NextResponse | undefined> {
  if (request.method !== "POST" || (await isReadable(request))) return;
  return new NextResponse(spokenBy(request).words.refusedForm.unreadable, { status: 400 });
}

async function passed(request: NextRequest): Promise<NextResponse> {
  const { pathname } = request.nextUrl;
  if (request.headers.has(FROM_OPEN_PAGE) && mayBeOfTheHost(pathname)) return loadWhole();
  if (MAIL.test(pathname))
    return NextResponse.next({ headers: { "Content-Security-Policy": POLICY_OF_MAIL } });
  if (pathname.startsWith(LOGOS))
    return NextResponse.next({ headers: { "Content-Security-Policy": POLICY_OF_LOGO } });
  const { homeUrl } = env().look;
  if (pathname === "/" && homeUrl && reads(request.method)) return NextResponse.redirect(homeUrl);
  return FILES.test(pathname) ? withPolicy(request) : withSession(request);
}

/** If another app shows these pages on its host, it has the front page, and all pages that are not listed. */
function mayBeOfTheHost(pathname: string): boolean {
  return !isPage(pathname) && !OWN.test(pathname);
}

async function withSession(request: NextRequest): Promise<NextResponse> {
  const standing = await renew(request, wiring());
  const response = toSignin(request, standing) ?? whileUnavailable(request, standing) ?? withPolicy(request);
  tellBrowser(standing, response, env().https);
  return response;
}

function toSignin({ method, nextUrl }: NextRequest, { session }: Standing): NextResponse | undefined {
  // The action of a form post guards itself. A redirect here would send the post on to /signin.
  if (!reads(method) || !GUARDED.includes(nextUrl.pathname) || session === "held") return;
  const notice = session === "ended" ? SESSION_ENDED : undefined;
  return NextResponse.redirect(new URL(signinPath(nextUrl.pathname + nextUrl.search, notice), nextUrl));
}

/** Seconds, if the API does not say how long to wait. */
const WAIT = 5;

/**
 * A page of Next always has the status 200. Monitors and crawlers need the 503, so this page is ours. If an open page
 * asks for its new content, Next answers.
 */
function whileUnavailable(request: NextRequest, { unavailable }: Standing): NextResponse | undefined {
  const { pathname, search } = request.nextUrl;
  const asksForPage = reads(request.method) && !request.headers.has(FROM_OPEN_PAGE);
  if (!unavailable || !asksForPage || !GUARDED.includes(pathname)) return;
  const spoken = spokenBy(request);
  const refused = refusal(unavailable.problem, unavailable.response);
  const page = withPage(503, spoken, {
    title: spoken.words.unavailable.title,
    text: sentenceOf(refused, spoken),
    detail: env().development ? refused.detail : "",
    link: { href: pathname + search, label: spoken.words.unavailable.retry },
    looksAgain: true,
  });
  page.headers.set("Retry-After", String(refused.wait || WAIT));
  return page;
}

function reads(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** src/start.ts has put the language into this header. */
function spokenBy({ headers }: NextRequest): Spoken {
  return spokenIn(headers.get("accept-language"));
}

type Page = Omit<Parameters<typeof staticPage>[0], "nonce" | "appName" | "language" | "look">;

function withPage(status: number, { language }: Spoken, page: Page): NextResponse {
  const nonce = newNonce();
  const { appName, look } = env();
  return new NextResponse(staticPage({ ...page, language, nonce, appName, look }), {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": contentSecurityPolicy({ nonce, ...env() }),
    },
  });
}

function withPolicy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy({ nonce: newNonce(), ...env() });
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy); // Next reads the nonce from here
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

function newNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
}
