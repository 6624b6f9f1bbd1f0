/** The cookies of the current request. Pages read them. Only an action or a route handler may change them. */

import "server-only";

import { cookies } from "next/headers";
import { env } from "@/env";
import {
  accessTokenIn,
  type CookieEdit,
  cookieNames,
  cookieOptions,
  deviceTokenIn,
  refreshTokenIn,
} from "./cookies";

export async function heldTokens() {
  const [jar, names] = [await cookies(), cookieNames(env().https)];
  return {
    accessToken: accessTokenIn(jar.get(names.access)?.value),
    refreshToken: refreshTokenIn(jar.get(names.refresh)?.value),
  };
}

export async function heldDevice(): Promise<string | undefined> {
  return deviceTokenIn((await cookies()).get(cookieNames(env().https).device)?.value);
}

export async function edit(edits: readonly CookieEdit[]): Promise<void> {
  const [jar, options] = [await cookies(), cookieOptions(env().https)];
  for (const { name, value, maxAge } of edits) jar.set(name, value, { ...options, maxAge });
}
