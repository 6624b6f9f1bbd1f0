import "server-only";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { api } from "@/api/client";
import { type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { signinPath } from "@/lib/next-path";
import { sessionCookie, sessionCookieName, tokenIn } from "./cookie";

type Tokens = components["schemas"]["SignedIn"];
export type Profile = components["schemas"]["Profile"];

/** Who is looking. `unavailable`: there is a session, but the API cannot say whose. */
export type Viewer =
  | { readonly status: "signed-out" }
  | { readonly status: "signed-in"; readonly profile: Profile; readonly accessToken: string }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

/** Only in an action. The cookie lives as long as the token in it. */
export async function startSession(tokens: Tokens): Promise<void> {
  const { name, ...options } = sessionCookie(env().https, tokens.expires_in);
  (await cookies()).set(name, tokens.access_token, options);
}

/** Only in an action. */
export async function endSession(): Promise<void> {
  const { name, ...options } = sessionCookie(env().https, 0);
  (await cookies()).set(name, "", options);
}

export async function hasSession(): Promise<boolean> {
  return (await readToken()) !== undefined;
}

/** Asks the API once per request, however many components want to know. */
export const getViewer = cache(async (): Promise<Viewer> => {
  const accessToken = await readToken();
  if (!accessToken) return { status: "signed-out" };
  const { data, error } = await (await api(accessToken)).GET("/auth/profile");
  if (data) return { status: "signed-in", profile: data, accessToken };
  const refused = refusal(error);
  return refused.signedOut ? { status: "signed-out" } : { status: "unavailable", refusal: refused };
});

/** The guard, where data is read: whoever is signed out goes to /signin and comes back to `path`. */
export async function requireUser(path: string): Promise<Exclude<Viewer, { status: "signed-out" }>> {
  const viewer = await getViewer();
  if (viewer.status === "signed-out") redirect(signinPath(path));
  return viewer;
}

async function readToken(): Promise<string | undefined> {
  return tokenIn((await cookies()).get(sessionCookieName(env().https))?.value);
}
