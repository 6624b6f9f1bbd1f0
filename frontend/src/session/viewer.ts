/** Who is looking: what pages read of the session. */

import "server-only";

import { redirect } from "next/navigation";
import { cache } from "react";
import { type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { heldTokens } from "./jar";
import { bearersApi, whyNotRefreshed } from "./transport";

export type Profile = components["schemas"]["Profile"];

/** Who is looking. `unavailable`: there is a session, but the API cannot say whose. */
export type Viewer =
  | { readonly status: "signed-out" }
  | { readonly status: "signed-in"; readonly profile: Profile; readonly accessToken: string }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

export async function hasSession(): Promise<boolean> {
  const { accessToken, refreshToken } = await heldTokens();
  return accessToken !== undefined || refreshToken !== undefined;
}

/** Asks the API once per request, however many components want to know. */
export const getViewer = cache(async (): Promise<Viewer> => {
  const { accessToken, refreshToken } = await heldTokens();
  if (!accessToken) {
    return refreshToken
      ? { status: "unavailable", refusal: refusal(await whyNotRefreshed()) }
      : { status: "signed-out" };
  }
  const { data, error } = await (await bearersApi(accessToken)).GET("/auth/profile");
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
