import "server-only";

import { type Api, call, isSignedOut, type Refused, type Visitor } from "./api.ts";
import type { Tokens } from "./cookies.ts";
import { type Flights, singleFlight } from "./single-flight.ts";

export type Refreshed =
  | { readonly status: "renewed"; readonly tokens: Tokens }
  /** The API has ended the session, or does not know it. */
  | { readonly status: "ended" }
  /** Not known: the API is down, or cannot say. */
  | { readonly status: "unknown"; readonly refused: Refused };

declare global {
  /** On `globalThis`, since each of Next's bundles has its own copy of this module. */
  var posternRefreshes: Flights<Refreshed> | undefined;
}

/** Milliseconds, for tabs that sent their requests before they had the new cookies. */
const KEEP_FOR = 10_000;

/** Refreshes a token once, even if several tabs send it. */
export function refresh(api: Api, refreshToken: string, visitor: Visitor): Promise<Refreshed> {
  globalThis.posternRefreshes ??= new Map();
  return singleFlight(globalThis.posternRefreshes, refreshToken, {
    ask: () => ask(api, refreshToken, visitor),
    keepFor: ({ status }) => (status === "unknown" ? 0 : KEEP_FOR),
  });
}

async function ask(api: Api, refreshToken: string, visitor: Visitor): Promise<Refreshed> {
  const answer = await call(api, "/auth/refresh", { visitor, body: { refresh_token: refreshToken } });
  if ("data" in answer) {
    if (isTokens(answer.data)) return { status: "renewed", tokens: answer.data };
    const problem = { code: "unfamiliar", detail: `${api.url} answered without tokens.` };
    return { status: "unknown", refused: { problem, response: Response.json(problem, { status: 503 }) } };
  }
  const { code } = answer.problem;
  // The request contains nothing but the token, so the API did not accept the token.
  if (isSignedOut(code) || code === "validation_failed") return { status: "ended" };
  return { status: "unknown", refused: answer };
}

function isTokens(data: unknown): data is Tokens {
  return (
    typeof data === "object" &&
    data !== null &&
    "access_token" in data &&
    typeof data.access_token === "string" &&
    "refresh_token" in data &&
    typeof data.refresh_token === "string" &&
    "expires_in" in data &&
    typeof data.expires_in === "number"
  );
}

/** For an access token without a refresh token: true only if the API refuses it. */
export async function isRefused(api: Api, accessToken: string, visitor: Visitor): Promise<boolean> {
  const answer = await call(api, "/auth/profile", { visitor, accessToken });
  return "problem" in answer && isSignedOut(answer.problem.code);
}
