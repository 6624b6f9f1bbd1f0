/** Route handlers for people who are signed in, with the cookie of this app or with a bearer token. */

import "server-only";

import { AsyncLocalStorage } from "node:async_hooks";
import { connection, type NextRequest } from "next/server";
import { bearerIn, cameFrom, isHttps, PATH, reauthenticatePath } from "./current.ts";
import { fromElsewhere, missing, over, problem, Refused, unavailable } from "./refusal.ts";
import { call, isSignedOut } from "./session/api.ts";
import { accessTokenIn, refreshTokenIn, sessionCookieNames } from "./session/cookies.ts";
import { nextPath } from "./session/path.ts";
import { keepPrivate } from "./session/renewal.ts";
import type { Settings } from "./settings.ts";
import { type Claims, type Session, verify } from "./verify.ts";

export interface RouteOptions {
  /** Ask Postern whether the session still lives. Without it, a session that has ended counts until its token expires. */
  readonly live?: boolean;
  /** Minutes: how recently the person must have signed in, or proven again who they are. */
  readonly recent?: number;
}

export type Handler<Context> = (
  request: NextRequest,
  session: Session,
  context: Context,
) => Response | Promise<Response>;

/** What Postern refuses within a route must not end as one of Next's redirects, which repeat a POST. */
export const inRoute = new AsyncLocalStorage<true>();

export class ProofIsOld extends Error {
  override name = "ProofIsOld";
}

export function routeOf<Context>(
  settings: () => Settings,
  handler: Handler<Context>,
  { live = false, recent }: RouteOptions = {},
): (request: NextRequest, context: Context) => Promise<Response> {
  return async (request, context) => {
    // While Next builds a route there is no request, and no setting.
    await connection();
    const known = settings();
    try {
      const { authTime, ...session } = await claimsOf(request, known, live);
      if (recent !== undefined && Date.now() / 1000 - authTime > recent * 60) throw new ProofIsOld();
      return kept(await inRoute.run(true, async () => handler(request, session, context)));
    } catch (error) {
      if (error instanceof ProofIsOld) return toProof(request, known.issuer, recent);
      if (error instanceof Refused) return problem(error.refusal, known.issuer);
      throw error;
    }
  };
}

/** An answer for one person, maybe with new cookies. A handler that knows better says so itself. */
function kept(answer: Response): Response {
  if (answer.headers.has("cache-control")) return answer;
  const copy = new Response(answer.body, answer);
  keepPrivate(copy);
  return copy;
}

async function claimsOf(request: NextRequest, settings: Settings, live: boolean): Promise<Claims> {
  const token = bearerIn(request.headers) ?? cookieIn(request);
  const claims = await verify(token, settings);
  if (!live) return claims;
  const answer = await call(settings.api, "/auth/profile", { visitor: request.headers, accessToken: token });
  if ("data" in answer) return claims;
  const { code } = answer.problem;
  throw isSignedOut(code) ? over(code) : unavailable(code, answer.response.headers.get("retry-after"));
}

/** A browser adds its cookies by itself, so with them the request must come from a page of this site. */
function cookieIn(request: NextRequest): string {
  const names = sessionCookieNames(isHttps(request.headers, request.cookies));
  const token = accessTokenIn(request.cookies.get(names.access)?.value);
  if (!token) {
    // The proxy could not renew the session: that is no reason to say that the person is signed out.
    if (refreshTokenIn(request.cookies.get(names.refresh)?.value))
      throw unavailable("session_not_renewed", null);
    throw missing();
  }
  if (request.method !== "GET" && request.method !== "HEAD" && !isFromHere(request.headers))
    throw fromElsewhere();
  return token;
}

function isFromHere(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** A browser that opens a page or posts a form goes to the page that asks again. Code gets the problem, with its address. */
function toProof(request: NextRequest, issuer: string, recent: number | undefined): Response {
  const { method, headers, nextUrl } = request;
  const own = headers.get(PATH) ?? nextUrl.pathname + nextUrl.search;
  const location = reauthenticatePath(method === "GET" ? nextPath(own) : cameFrom(headers));
  if (headers.get("accept")?.includes("text/html"))
    return new Response(null, { status: 303, headers: { location, "Cache-Control": "no-store" } });
  const challenge = `Bearer error="insufficient_user_authentication"${recent === undefined ? "" : `, max_age=${recent * 60}`}`;
  const title = "Prove again that it is you";
  return problem(
    { status: 403, code: "reauthentication_required", title, headers: { "WWW-Authenticate": challenge } },
    issuer,
    { reauthenticate: location },
  );
}
