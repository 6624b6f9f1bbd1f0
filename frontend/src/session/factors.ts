/** What the account of the person who is signed in can prove. */

import "server-only";

import { cache } from "react";
import type { components } from "@/api/schema";
import { bearersApi } from "./transport";

/** Asks the API once per request, even if several cards need the answer. */
export const getFactors = cache(async (accessToken: string) =>
  (await bearersApi(accessToken)).GET("/auth/factors"),
);

/** Whether a password alone does not sign in. */
export function hasSecondFactor({ totp, passkeys }: components["schemas"]["Factors"]): boolean {
  return totp || passkeys.length > 0;
}
