/** The cookies of the current request. Pages read them. Only an action or a route handler may change them. */

import "server-only";

import { cookies } from "next/headers";
import {
  accessTokenIn,
  type CookieEdit,
  cookieOptions,
  refreshTokenIn,
  sessionCookieNames,
} from "./cookies.ts";

/** The tokens that the browser holds, if they have the form of tokens. */
export interface HeldTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

export async function heldTokens(https: boolean): Promise<HeldTokens> {
  const [jar, names] = [await cookies(), sessionCookieNames(https)];
  return {
    accessToken: accessTokenIn(jar.get(names.access)?.value),
    refreshToken: refreshTokenIn(jar.get(names.refresh)?.value),
  };
}

export async function edit(edits: readonly CookieEdit[], https: boolean): Promise<void> {
  const [jar, options] = [await cookies(), cookieOptions(https)];
  for (const { name, value, maxAge } of edits) jar.set(name, value, { ...options, maxAge });
}
