import "server-only";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { type Api, api } from "@/api/client";
import { type Problem, type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import {
  accessTokenIn,
  type CookieEdit,
  clearing,
  cookieNames,
  cookieOptions,
  holding,
  refreshTokenIn,
} from "./cookies";

type Tokens = components["schemas"]["Tokens"];
export type Profile = components["schemas"]["Profile"];

/** Who is looking. `unavailable`: there is a session, but the API cannot say whose. */
export type Viewer =
  | { readonly status: "signed-out" }
  | { readonly status: "signed-in"; readonly profile: Profile; readonly accessToken: string }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

/** Only in an action. */
export async function startSession(tokens: Tokens): Promise<void> {
  await edit(holding(tokens, env().https));
}

/** Only in an action or a route handler. Whatever the API answers or does not, this browser is signed out. */
export async function endSession(): Promise<void> {
  const { accessToken } = await heldTokens();
  if (accessToken) await (await api(accessToken)).POST("/auth/signout");
  await forgetSession();
}

/** Only in an action, for a session that the API has ended together with what was done. */
export async function forgetSession(): Promise<void> {
  await edit(clearing(env().https, "access", "refresh"));
}

export async function hasSession(): Promise<boolean> {
  const { accessToken, refreshToken } = await heldTokens();
  return accessToken !== undefined || refreshToken !== undefined;
}

/** Asks the API once per request, however many components want to know. */
export const getViewer = cache(async (): Promise<Viewer> => {
  const { accessToken, refreshToken } = await heldTokens();
  if (!accessToken) {
    return refreshToken
      ? { status: "unavailable", refusal: await whyNotRefreshed() }
      : { status: "signed-out" };
  }
  const { data, error } = await (await api(accessToken)).GET("/auth/profile");
  if (data) return { status: "signed-in", profile: data, accessToken };
  const refused = refusal(error);
  return refused.signedOut ? { status: "signed-out" } : { status: "unavailable", refusal: refused };
});

/**
 * The guard of pages, where data is read: whoever is signed out goes to /signin and comes back to `path`. A page cannot
 * change cookies; src/proxy.ts sees to them on the way, when the API says that the session has ended.
 */
export async function requireUser(path: string): Promise<Exclude<Viewer, { status: "signed-out" }>> {
  const viewer = await getViewer();
  if (viewer.status === "signed-out") redirect(signinPath(path, SESSION_ENDED));
  return viewer;
}

/** The guard of actions: one call to the API as this person, and why it was refused, if it was. */
export async function asUser(
  path: string,
  call: (client: Api) => Promise<{ readonly error?: Problem }>,
): Promise<Refusal | undefined> {
  const { accessToken, refreshToken } = await heldTokens();
  if (!accessToken) return refreshToken ? whyNotRefreshed() : toSignin(path);
  const { error } = await call(await api(accessToken));
  if (!error) return;
  const refused = refusal(error);
  return refused.signedOut ? toSignin(path, refused) : refused;
}

/** Only in an action. A token that is no use may have a sound session behind it: the next request asks for it. */
async function toSignin(path: string, refused?: Refusal): Promise<never> {
  const over = refused?.code === "session_revoked";
  await edit(clearing(env().https, "access", ...(over ? (["refresh"] as const) : [])));
  redirect(signinPath(path, SESSION_ENDED));
}

/** There is a refresh token alone: src/proxy.ts has asked with it and got no answer. */
async function whyNotRefreshed(): Promise<Refusal> {
  const { error } = await (await api()).GET("/readyz");
  return refusal(error ?? { code: "api_unreachable" });
}

async function heldTokens() {
  const [jar, names] = [await cookies(), cookieNames(env().https)];
  return {
    accessToken: accessTokenIn(jar.get(names.access)?.value),
    refreshToken: refreshTokenIn(jar.get(names.refresh)?.value),
  };
}

async function edit(edits: readonly CookieEdit[]): Promise<void> {
  const [jar, options] = [await cookies(), cookieOptions(env().https)];
  for (const { name, value, maxAge } of edits) jar.set(name, value, { ...options, maxAge });
}
