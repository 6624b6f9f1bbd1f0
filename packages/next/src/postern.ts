import "server-only";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection, type NextRequest } from "next/server";
import { cache } from "react";
import { isHttps, pathOf, reauthenticatePath } from "./current.ts";
import { type PosternProxy, type ProxyOptions, proxyOf } from "./proxy.ts";
import { missing, over, PosternUnavailable, problem, Refused, unavailable } from "./refusal.ts";
import { type Handler, inRoute, ProofIsOld, type RouteOptions, routeOf } from "./route.ts";
import { call, isSignedOut } from "./session/api.ts";
import { heldTokens } from "./session/jar.ts";
import { SESSION_ENDED, signinPath } from "./session/path.ts";
import type { Wiring } from "./session/renewal.ts";
import { withTokens } from "./session/retry.ts";
import { type PosternOptions, readSettings, type Settings } from "./settings.ts";
import type { User } from "./user.ts";
import { type Session, verify } from "./verify.ts";

export interface Postern {
  /** The `proxy` of your proxy.ts. It shows Postern's pages on your host, and refreshes sessions before pages read them. */
  proxy(options?: ProxyOptions): PosternProxy;
  /**
   * The session of this request, verified offline, or null if nobody is signed in. It throws `PosternUnavailable` if
   * there is a session that could not be renewed now.
   */
  getSession(): Promise<Session | null>;
  /** For what a page shows: the person, or null. Null too while Postern does not answer, so decide nothing by it. */
  getUser(): Promise<User | null>;
  /** The person who is signed in. Otherwise it redirects to /signin, which leads back. Postern is asked once per request. */
  requireUser(): Promise<User>;
  /**
   * `fetch` with the person's access token. If the token is refused, it is renewed, and the request is sent once more.
   * Only for services that you trust: they could use the token as the person. Never take the address from a request.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** A route handler for people who are signed in. */
  route<Context = unknown>(
    handler: Handler<Context>,
    options?: RouteOptions,
  ): (request: NextRequest, context: Context) => Promise<Response>;
}

/** The settings come from POSTERN_URL, POSTERN_INTERNAL_URL and POSTERN_WEB_URL, or from `options`. */
export function createPostern(options: PosternOptions = {}): Postern {
  const settings = once(() => readSettings(process.env, options, { web: false }));
  const withWeb = once(() => readSettings(process.env, options));

  const identify = cache(() => identityOf(settings));

  return {
    proxy: (proxyOptions) => proxyOf(withWeb, proxyOptions),
    getSession: () => sessionOf(settings),
    async getUser() {
      const identity = await identify();
      return identity.status === "signed-in" ? identity.user : null;
    },
    async requireUser() {
      const identity = await identify();
      if (identity.status === "signed-in") return identity.user;
      if (identity.status === "unavailable") throw new PosternUnavailable(identity.why);
      redirect(signinPath(pathOf(await headers()), identity.status === "ended" ? SESSION_ENDED : undefined));
    },
    fetch: (input, init) => fetchAs(settings, () => new Request(input, init)),
    route: (handler, routeOptions) => routeOf(settings, handler, routeOptions),
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The request comes first: while Next builds a page there is none, no setting, and no time of day. */
async function wiringOf(settings: () => Settings): Promise<Wiring> {
  await connection();
  const https = isHttps(await headers(), await cookies());
  return { https, api: settings().api };
}

async function sessionOf(settings: () => Settings): Promise<Session | null> {
  const { https } = await wiringOf(settings);
  const { accessToken, refreshToken } = await heldTokens(https);
  if (!accessToken && refreshToken) throw new PosternUnavailable(NOT_RENEWED);
  if (!accessToken) return null;
  try {
    const { authTime: _, ...session } = await verify(accessToken, settings());
    return session;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.refusal.status === 503) throw new PosternUnavailable(error.message);
    return null;
  }
}

const NOT_RENEWED =
  "The session of this request was not renewed. Postern did not answer, or the matcher of your proxy leaves this path out.";

type Identity =
  | { readonly status: "signed-in"; readonly user: User }
  | { readonly status: "signed-out" | "ended" }
  | { readonly status: "unavailable"; readonly why: string };

async function identityOf(settings: () => Settings): Promise<Identity> {
  const { https, api } = await wiringOf(settings);
  const { accessToken, refreshToken } = await heldTokens(https);
  if (!accessToken) {
    return refreshToken ? { status: "unavailable", why: NOT_RENEWED } : { status: "signed-out" };
  }
  const answer = await call(api, "/auth/profile", { visitor: await headers(), accessToken });
  if ("problem" in answer) {
    const { code, detail = code } = answer.problem;
    return isSignedOut(code) ? { status: "ended" } : { status: "unavailable", why: detail };
  }
  try {
    const { authTime: _, ...session } = await verify(accessToken, settings());
    return { status: "signed-in", user: { ...session, ...personIn(answer.data) } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Postern has just accepted it, so signing in again would not help: it would only lead back here.
    const why = `Postern accepts this token, but this app does not: ${error.message}. Check POSTERN_URL.`;
    return { status: "unavailable", why };
  }
}

function personIn(profile: unknown): Pick<User, "email" | "name" | "emailVerified"> {
  const { email, name, email_verified: verified } = Object(profile);
  return {
    email: typeof email === "string" ? email : "",
    name: typeof name === "string" ? name : null,
    emailVerified: verified === true,
  };
}

async function fetchAs(settings: () => Settings, requested: () => Request): Promise<Response> {
  const wiring = await wiringOf(settings);
  const request = requested();
  const { issuer } = settings();
  const attempted = await withTokens<Response>(wiring, {
    call: (bearer) => {
      // A copy, since the body of a request can be sent only once.
      const copy = request.clone();
      copy.headers.set("authorization", `Bearer ${bearer.accessToken}`);
      if (bearer.receiptPending && request.url.startsWith(`${wiring.api.url}/`))
        copy.headers.set("postern-receipt", "pending");
      return fetch(copy);
    },
    codeOf,
  });
  switch (attempted.status) {
    case "answered":
      if ((await codeOf(attempted.answer)) === "reauthentication_required") return toProof();
      return attempted.answer;
    case "signed-out":
      return problem(missing().refusal, issuer);
    case "ended":
      return problem(over("session_revoked").refusal, issuer);
    case "unknown":
      return problem(unavailable(attempted.refused?.problem.code ?? "api_unreachable", null).refusal, issuer);
  }
}

/** Each service refuses in its own way: with a problem of Postern's, or with the challenge of RFC 6750 alone. */
async function codeOf(response: Response): Promise<string | undefined> {
  if (response.status !== 401 && response.status !== 403) return;
  const content: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const code: unknown = Object(content).code;
  if (typeof code === "string") return code;
  return response.headers.get("www-authenticate")?.includes("invalid_token") ? "token_invalid" : undefined;
}

async function toProof(): Promise<never> {
  if (inRoute.getStore()) throw new ProofIsOld();
  redirect(reauthenticatePath(pathOf(await headers())));
}
