/** What the account of the person who is signed in can prove. */

import "server-only";

import { cache } from "react";
import { bearersApi } from "./transport";

/** Asks the API once per request, even if several cards need the answer. */
export const getFactors = cache(async (accessToken: string) =>
  (await bearersApi(accessToken)).GET("/auth/factors"),
);
