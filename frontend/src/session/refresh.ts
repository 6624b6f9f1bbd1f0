import "server-only";

import { visitorsApi } from "@/api/client";
import { refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { bearerOf } from "./receipt";
import { type Flights, singleFlight } from "./single-flight";

type Tokens = components["schemas"]["Tokens"];

export type Refreshed =
  | { readonly status: "renewed"; readonly tokens: Tokens }
  /** The API has ended the session, or never knew it. */
  | { readonly status: "ended" }
  /** Nobody knows: the API is away, or not able to say. */
  | { readonly status: "unknown" };

declare global {
  /** On `globalThis`, since each of Next's bundles has its own copy of this module. */
  var posternRefreshes: Flights<Refreshed> | undefined;
}

/** For tabs that had sent their requests before the new cookies were there. */
const KEEP_FOR = 10_000;

/** One refresh per token, however many tabs come with it. */
export function refresh(refreshToken: string, visitor: Headers): Promise<Refreshed> {
  globalThis.posternRefreshes ??= new Map();
  return singleFlight(globalThis.posternRefreshes, refreshToken, {
    ask: () => askApi(refreshToken, visitor),
    keepFor: ({ status }) => (status === "unknown" ? 0 : KEEP_FOR),
  });
}

async function askApi(refreshToken: string, visitor: Headers): Promise<Refreshed> {
  const { data, error } = await visitorsApi(visitor).POST("/auth/refresh", {
    body: { refresh_token: refreshToken },
  });
  if (data) return { status: "renewed", tokens: data };
  const { signedOut, code } = refusal(error);
  // The token is all that was sent, so it is the token that was not accepted.
  return { status: signedOut || code === "validation_failed" ? "ended" : "unknown" };
}

/** For an access token without a refresh token: true only when the API says that it is no use. */
export async function isRefused(accessToken: string, visitor: Headers): Promise<boolean> {
  const { error } = await visitorsApi(visitor, bearerOf(accessToken, visitor)).GET("/auth/profile");
  return error !== undefined && refusal(error).signedOut;
}
