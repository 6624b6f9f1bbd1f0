/** Verifies Postern's access tokens offline: by its public keys, with no request for a token. */

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";

const SECOND = 1000;
/** The key set is fetched anew when it is older than this, as Postern says in `max-age`. */
const KEEP_FOR = 300 * SECOND;
/** The least time between two fetches, whatever tokens arrive and whether or not Postern answers. */
const LOOK_UP_EVERY = 10 * SECOND;
/** How long the last known keys are good for while Postern is out of reach. */
const GOOD_ALONE = 24 * 3600 * SECOND;
const ANSWER_WITHIN = 3 * SECOND;
/** Characters; a token has about 500. */
const MAX_LENGTH = 8192;
const REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"];

export interface Caller {
  readonly userId: number;
  readonly sessionId: number;
}

/** A refusal, told as Postern tells its own (RFC 9457, RFC 6750). */
class Refused extends Error {
  constructor(
    readonly status: 401 | 503,
    readonly code: string,
    readonly title: string,
    readonly headers: Record<string, string>,
  ) {
    super(title);
  }
}

const INVALID = { "WWW-Authenticate": 'Bearer error="invalid_token"' };
const missing = () => new Refused(401, "token_missing", "Sign in first", { "WWW-Authenticate": "Bearer" });
const invalid = () => new Refused(401, "token_invalid", "The token is not valid", INVALID);
const expired = () => new Refused(401, "token_expired", "The access token has expired", INVALID);
const unavailable = () =>
  new Refused(503, "keys_unavailable", "Tokens cannot be verified at this moment", { "Retry-After": "10" });

type Handler = (request: Request, caller: Caller) => Response | Promise<Response>;

/** A route handler for callers with a valid token; all others are refused. */
export function signedIn(handler: Handler): (request: Request) => Promise<Response> {
  return async (request) => {
    let caller: Caller;
    try {
      caller = await verify(bearer(request));
    } catch (error) {
      if (error instanceof Refused) return problem(error);
      throw error;
    }
    return handler(request, caller);
  };
}

async function verify(token: string): Promise<Caller> {
  if (token.length > MAX_LENGTH) throw invalid();
  const { issuer, keys } = postern();
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["ES256"],
      typ: "at+jwt",
      issuer,
      audience: issuer,
      clockTolerance: 60,
      requiredClaims: REQUIRED,
    });
    return { userId: id(payload.sub), sessionId: id(payload.sid) };
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw expired();
    if (error instanceof errors.JOSEError) throw invalid();
    throw error;
  }
}

function id(claim: unknown): number {
  if (typeof claim !== "string" || !/^\d{1,15}$/.test(claim)) throw invalid();
  return Number(claim);
}

let known: { readonly issuer: string; readonly keys: JWTVerifyGetKey } | undefined;

/** Read at first use: a build knows no POSTERN_URL. */
function postern() {
  if (!known) {
    const issuer = process.env.POSTERN_URL?.replace(/\/$/, "");
    if (!issuer) throw new Error("POSTERN_URL is not set; for example POSTERN_URL=http://localhost:8000");
    known = { issuer, keys: publishedKeys(`${issuer}/.well-known/jwks.json`) };
  }
  return known;
}

/**
 * jose's cache of the key set, which goes on with the last known keys while Postern is away. A key that an old set lacks
 * may be in a newer one, so this is no reason to refuse the token.
 */
function publishedKeys(address: string): JWTVerifyGetKey {
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  const last = () => (Date.now() < fetchedAt + GOOD_ALONE ? keys.jwks() : undefined);
  const keys = createRemoteJWKSet(new URL(address), {
    cacheMaxAge: KEEP_FOR,
    cooldownDuration: LOOK_UP_EVERY,
    timeoutDuration: ANSWER_WITHIN,
    [customFetch]: async (url, options) => {
      if (Date.now() < failedAt + LOOK_UP_EVERY && !last()) throw unavailable();
      try {
        const answer = await fetch(url, { ...options, cache: "no-store" });
        const jwks = await answer.json();
        createLocalJWKSet(jwks); // throws unless it is a key set
        fetchedAt = Date.now();
        return Response.json(jwks);
      } catch (error) {
        console.warn(`Postern's keys could not be fetched from ${url}:`, error);
        failedAt = Date.now();
        const jwks = last();
        if (!jwks) throw unavailable();
        return Response.json(jwks);
      }
    },
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const overdue = Date.now() > fetchedAt + KEEP_FOR;
      throw overdue && error instanceof errors.JWKSNoMatchingKey ? unavailable() : error;
    }
  };
}

function bearer(request: Request): string {
  const [scheme, token, ...rest] = (request.headers.get("Authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token || rest.length > 0) throw missing();
  return token;
}

function problem({ status, code, title, headers }: Refused): Response {
  const type = status === 401 ? `${postern().issuer}/problems/${code}` : "about:blank";
  const body = JSON.stringify({ type, title, status, detail: title, code });
  return new Response(body, { status, headers: { ...headers, "Content-Type": "application/problem+json" } });
}
