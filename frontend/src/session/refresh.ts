import "server-only";

import { visitorsApi } from "@/api/client";
import { type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { bearerOf } from "./receipt";
import { type Flights, singleFlight } from "./single-flight";

type Tokens = components["schemas"]["Tokens"];

export type Refreshed =
  | { readonly status: "renewed"; readonly tokens: Tokens }
  /** The API has ended the session, or does not know it. */
  | { readonly status: "ended" }
  /** Not known: the API is down, or cannot say. */
  | { readonly status: "unknown"; readonly refusal: Refusal };

declare global {
  /** On `globalThis`, since each of Next's bundles has its own copy of this module. */
  var posternRefreshes: Flights<Refreshed> | undefined;
}

/** Milliseconds, for tabs that sent their requests before they had the new cookies. */
const KEEP_FOR = 10_000;

/** Refreshes a token once, even if several tabs send it. */
export function refresh(refreshToken: string, visitor: Headers): Promise<Refreshed> {
  globalThis.posternRefreshes ??= new Map();
  return singleFlight(globalThis.posternRefreshes, refreshToken, {
    ask: () => askApi(refreshToken, visitor),
    keepFor: ({ status }) => (status === "unknown" ? 0 : KEEP_FOR),
  });
}

async function askApi(refreshToken: string, visitor: Headers): Promise<Refreshed> {
  const { data, error, response } = await visitorsApi(visitor).POST("/auth/refresh", {
    body: { refresh_token: refreshToken },
  });
  if (data) return { status: "renewed", tokens: data };
  const refused = refusal(error, response);
  // The request contains nothing but the token, so the API did not accept the token.
  if (refused.signedOut || refused.code === "validation_failed") return { status: "ended" };
  return { status: "unknown", refusal: refused };
}

/** For an access token without a refresh token: true only if the API refuses it. */
export async function isRefused(accessToken: string, visitor: Headers): Promise<boolean> {
  const { error } = await visitorsApi(visitor, bearerOf(accessToken, visitor)).GET("/auth/profile");
  return error !== undefined && refusal(error).signedOut;
}
