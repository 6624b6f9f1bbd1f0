/** The viewer of a page: what pages read about the session. */

import "server-only";

import { redirect } from "next/navigation";
import { cache } from "react";
import { type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { heldTokens } from "./jar";
import { bearersApi, whyNotRefreshed } from "./transport";

export type Profile = components["schemas"]["Profile"];

/** The person who views the page. `unavailable`: there is a session, but the API cannot say whose it is. */
export type Viewer =
  | { readonly status: "signed-out" }
  | { readonly status: "signed-in"; readonly profile: Profile; readonly accessToken: string }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

export async function hasSession(): Promise<boolean> {
  const { accessToken, refreshToken } = await heldTokens();
  return accessToken !== undefined || refreshToken !== undefined;
}

/** Asks the API once per request, even if several components need the answer. */
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
 * The guard of pages, where data is read. It redirects to /signin if the person is signed out; after signing in they
 * return to `path`. A page cannot change cookies: src/proxy.ts removes them if the API says that the session has ended.
 */
export async function requireUser(path: string): Promise<Exclude<Viewer, { status: "signed-out" }>> {
  const viewer = await getViewer();
  if (viewer.status === "signed-out") redirect(signinPath(path, SESSION_ENDED));
  return viewer;
}
