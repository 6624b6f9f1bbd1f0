/** Verifies Postern's access tokens offline: by its public keys, with no request for a token. */

import "server-only";

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { expired, invalid, keysUnavailable } from "./refusal.ts";
import type { Settings } from "./settings.ts";

/** A person's session, as their token says it. */
export interface Session {
  readonly userId: number;
  readonly sessionId: number;
  /** When the access token expires. The proxy replaces it before. */
  readonly expiresAt: Date;
}

export interface Claims extends Session {
  /** When the person last gave a proof that is enough for their account, in seconds. 0: never. */
  readonly authTime: number;
}

const SECOND = 1000;
/** The key set is fetched again when it is older than this, as Postern says in `max-age`. */
const KEEP_FOR = 300 * SECOND;
/** The least time between two fetches, whatever tokens arrive and whether or not Postern answers. */
const LOOK_UP_EVERY = 10 * SECOND;
/** How long the last known keys are good for while Postern is out of reach. */
const GOOD_ALONE = 24 * 3600 * SECOND;
const ANSWER_WITHIN = 3 * SECOND;
/** Characters; a token has about 500. */
const MAX_LENGTH = 8192;
const REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"];

type Where = Pick<Settings, "issuer" | "api">;

export async function verify(token: string, { issuer, api }: Where): Promise<Claims> {
  if (token.length > MAX_LENGTH || !isCanonical(token)) throw invalid();
  try {
    const { payload } = await jwtVerify(token, keysOf(`${api.url}/.well-known/jwks.json`), {
      algorithms: ["ES256"],
      typ: "at+jwt",
      issuer,
      audience: issuer,
      clockTolerance: 60,
      requiredClaims: REQUIRED,
    });
    const { sub, sid, exp = 0, auth_time: authTime } = payload;
    return {
      userId: id(sub),
      sessionId: id(sid),
      expiresAt: new Date(exp * SECOND),
      authTime: typeof authTime === "number" ? authTime : 0,
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw expired();
    if (error instanceof errors.JWTClaimValidationFailed) explain(error, issuer);
    if (error instanceof errors.JOSEError) throw invalid();
    throw error;
  }
}

/** Otherwise one token could be written in many ways (RFC 7515, section 2): a list of tokens would miss the others. */
function isCanonical(token: string): boolean {
  return token.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
}

function id(claim: unknown): number {
  if (typeof claim !== "string" || !/^\d{1,15}$/.test(claim)) throw invalid();
  return Number(claim);
}

/** The signature was right, so this token is Postern's: the setting is wrong, and without a word nobody would see it. */
function explain({ claim, payload }: errors.JWTClaimValidationFailed, issuer: string): void {
  if (claim !== "iss" && claim !== "aud") return;
  console.error(
    `A token of Postern was refused: its "${claim}" is ${JSON.stringify(payload[claim])}, but POSTERN_URL is "${issuer}". ` +
      "Set POSTERN_URL to exactly the API_URL of Postern.",
  );
}

declare global {
  /** On `globalThis`, since each of Next's bundles has its own copy of this module. By the address of the key set. */
  var posternKeys: Map<string, JWTVerifyGetKey> | undefined;
}

function keysOf(address: string): JWTVerifyGetKey {
  globalThis.posternKeys ??= new Map();
  const known = globalThis.posternKeys.get(address) ?? publishedKeys(address);
  globalThis.posternKeys.set(address, known);
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
      if (Date.now() < failedAt + LOOK_UP_EVERY && !last()) throw keysUnavailable();
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
        if (!jwks) throw keysUnavailable();
        return Response.json(jwks);
      }
    },
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const overdue = Date.now() > fetchedAt + KEEP_FOR;
      throw overdue && error instanceof errors.JWKSNoMatchingKey ? keysUnavailable() : error;
    }
  };
}
