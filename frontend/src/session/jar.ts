/** The cookies of the current request. Pages read them. Only an action or a route handler may change them. */

import "server-only";

import { cookies } from "next/headers";
import * as postern from "postern-auth/web";
import { env } from "@/env";
import { cookieNames, deviceTokenIn } from "./cookies";

export async function heldTokens() {
  return postern.heldTokens(env().https);
}

export async function heldDevice(): Promise<string | undefined> {
  return deviceTokenIn((await cookies()).get(cookieNames(env().https).device)?.value);
}

/** Says to the API which device this browser is. */
export async function deviceHeader(): Promise<{ readonly "Postern-Device"?: string }> {
  return { "Postern-Device": await heldDevice() };
}

export async function edit(edits: readonly postern.CookieEdit[]): Promise<void> {
  await postern.edit(edits, env().https);
}
