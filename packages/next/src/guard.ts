/** Decides who may open an address of `protect`: only a person whose access token is verified. */

import "server-only";

import { type NextRequest, NextResponse } from "next/server";
import { bearerIn, cameFrom } from "./current.ts";
import { missing, over, problem, Refused, unavailable } from "./refusal.ts";
import { accessTokenIn, sessionCookieNames } from "./session/cookies.ts";
import { SESSION_ENDED, signinPath } from "./session/path.ts";
import { renew, type Standing } from "./session/renewal.ts";
import type { Settings } from "./settings.ts";
import { verify } from "./verify.ts";

export interface Visit {
  readonly request: NextRequest;
  readonly settings: Settings;
  readonly https: boolean;
  /** The address of this request, to return to. */
  readonly path: string;
}

export interface Guarded {
  readonly standing: Standing;
  /** Given if the request must not reach the app. */
  readonly answer?: NextResponse;
}

export async function guard(visit: Visit, renewed: Standing): Promise<Guarded> {
  try {
    const bearer = bearerIn(visit.request.headers);
    if (bearer === undefined) return await guardCookies(visit, renewed);
    await verify(bearer, visit.settings);
    return { standing: renewed };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { standing: renewed, answer: refused(visit, error) };
  }
}

async function guardCookies(visit: Visit, renewed: Standing): Promise<Guarded> {
  const verdict = await judge(visit);
  if (verdict === "verified") return { standing: renewed };
  const standing = verdict === "refused" ? await doubt(visit, renewed) : renewed;
  if (standing !== renewed && (await judge(visit)) === "verified") return { standing };
  const answer = standing.session === "held" ? whileUnavailable(visit, standing) : toSignin(visit, standing);
  return { standing, answer };
}

/** "unknown": Postern's keys were never had, so nobody can say whether the token is good. */
type Verdict = "verified" | "refused" | "unknown" | "none";

async function judge({ request, settings, https }: Visit): Promise<Verdict> {
  const token = accessTokenIn(request.cookies.get(sessionCookieNames(https).access)?.value);
  if (!token) return "none";
  try {
    await verify(token, settings);
    return "verified";
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.refusal.status === 503 ? "unknown" : "refused";
  }
}

/** Only Postern can end a session. A token that is refused here may only be of a key that was withdrawn. */
async function doubt({ request, settings: { api }, https }: Visit, renewed: Standing): Promise<Standing> {
  const isNew = renewed.edits.some(({ value }) => value);
  if (isNew) return renewed;
  const standing = await renew(request, { api, https }, { doubted: true });
  return { ...standing, edits: [...renewed.edits, ...standing.edits] };
}

function toSignin({ request, path, settings }: Visit, { session }: Standing): NextResponse {
  const ended = session === "ended";
  const { method, headers } = request;
  const reads = method === "GET" || method === "HEAD";
  const location = signinPath(reads ? path : cameFrom(headers), ended ? SESSION_ENDED : undefined);
  if (reads) return NextResponse.redirect(new URL(location, request.url));
  // Next's router does not follow a redirect of an action. It goes to the address in this header.
  if (headers.has("next-action"))
    return new NextResponse(null, { status: 303, headers: { "x-action-redirect": `${location};push` } });
  // 303, because a 307 would send the form on to /signin.
  if (asksForPage(request)) return NextResponse.redirect(new URL(location, request.url), 303);
  return problemOf(ended ? over("session_revoked") : missing(), settings);
}

/** There is a session, but it could not be renewed or verified: this is no reason to ask the person to sign in. */
function whileUnavailable(visit: Visit, standing: Standing): NextResponse {
  const { problem: why, response } = standing.unavailable ?? {};
  return refused(
    visit,
    unavailable(why?.code ?? "keys_unavailable", response?.headers.get("retry-after") ?? null),
  );
}

function refused({ request, settings }: Visit, error: Refused): NextResponse {
  const { status, headers } = error.refusal;
  if (status !== 503 || !asksForPage(request)) return problemOf(error, settings);
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    '<title>One moment</title><h1>One moment</h1><p role="alert">We can\'t reach the service just now. ' +
    'You are still signed in. Please try again in a moment.</p><p><a href="">Try again</a></p></html>';
  return new NextResponse(page, {
    status,
    headers: { ...headers, "Content-Type": "text/html; charset=utf-8" },
  });
}

function problemOf({ refusal }: Refused, { issuer }: Settings): NextResponse {
  const { body, status, headers } = problem(refusal, issuer);
  return new NextResponse(body, { status, headers });
}

function asksForPage({ headers }: NextRequest): boolean {
  return headers.get("accept")?.includes("text/html") ?? false;
}
