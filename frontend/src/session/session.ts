import "server-only";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { type Api, api, visitorsApi } from "@/api/client";
import { atSignin, type Problem, type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import {
  accessTokenIn,
  type CookieEdit,
  clearing,
  cookieNames,
  cookieOptions,
  deviceTokenIn,
  holding,
  refreshTokenIn,
  remembering,
} from "./cookies";
import { refresh } from "./refresh";

type Credentials = components["schemas"]["SigninRequest"];
export type Profile = components["schemas"]["Profile"];

/** Who is looking. `unavailable`: there is a session, but the API cannot say whose. */
export type Viewer =
  | { readonly status: "signed-out" }
  | { readonly status: "signed-in"; readonly profile: Profile; readonly accessToken: string }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

/** What the API says of an access token, and not of the session behind it. */
const NO_USE: readonly string[] = ["token_expired", "token_invalid"];

/** Only in an action: signs this browser in, as the device that it was at the last sign-in; or says why not. */
export async function startSession(credentials: Credentials): Promise<Refusal | undefined> {
  const { data, error, response } = await (await api()).POST("/auth/signin", {
    body: credentials,
    params: { header: await deviceHeader() },
  });
  if (!data) return atSignin(refusal(error, response));
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: as `asUser`. The API then knows this browser by the new password. */
export async function replacePassword(
  path: string,
  body: components["schemas"]["PasswordChange"],
): Promise<Refusal | undefined> {
  const header = await deviceHeader();
  return asUser(path, async (client) => {
    const answer = await client.POST("/auth/password/change", { body, params: { header } });
    await rememberDevice(answer.response);
    return answer;
  });
}

/**
 * Only in an action or a route handler. Whatever the API answers or does not, this browser is signed out; false where
 * the API could not be told.
 */
export async function endSession(): Promise<boolean> {
  const { error } = await asBearer((client) => client.POST("/auth/signout"));
  await forgetSession();
  return error === undefined || refusal(error).signedOut;
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
      ? { status: "unavailable", refusal: refusal(await whyNotRefreshed()) }
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
export async function asUser(path: string, call: Call): Promise<Refusal | undefined> {
  const { error, response } = await asBearer(call);
  if (!error) return;
  const refused = refusal(error, response);
  return refused.signedOut ? toSignin(path, refused) : refused;
}

type Call = (client: Api) => Promise<Answer>;

interface Answer {
  readonly error?: Problem | { readonly code: string };
  readonly response?: Response;
}

/**
 * One call to the API with what this browser holds. A token that is fresh by its date may be refused all the same, as
 * when its key was withdrawn; nothing was done then, so the call is made once more with the next token.
 */
async function asBearer(call: Call): Promise<Answer> {
  const { accessToken, refreshToken } = await heldTokens();
  if (!accessToken) {
    return { error: refreshToken ? await whyNotRefreshed() : { code: "token_missing" } };
  }
  const answer = await call(await api(accessToken));
  if (!refreshToken || !NO_USE.includes(answer.error?.code ?? "")) return answer;
  const visitor = await headers();
  const refreshed = await refresh(refreshToken, visitor);
  if (refreshed.status === "unknown") return { error: await whyNotRefreshed() };
  if (refreshed.status === "ended") return { error: { code: "session_revoked" } };
  await edit(holding(refreshed.tokens, env().https));
  return call(visitorsApi(visitor, refreshed.tokens.access_token, true));
}

/** Only in an action. A token that is no use may have a sound session behind it: the next request asks for it. */
async function toSignin(path: string, refused?: Refusal): Promise<never> {
  const over = refused?.code === "session_revoked";
  await edit(clearing(env().https, "access", ...(over ? (["refresh"] as const) : [])));
  redirect(signinPath(path, SESSION_ENDED));
}

/** There is a refresh token alone: src/proxy.ts has asked with it and got no answer. */
async function whyNotRefreshed(): Promise<Problem | { code: string }> {
  const { error } = await (await api()).GET("/readyz");
  return error ?? { code: "api_unreachable" };
}

async function heldTokens() {
  const [jar, names] = [await cookies(), cookieNames(env().https)];
  return {
    accessToken: accessTokenIn(jar.get(names.access)?.value),
    refreshToken: refreshTokenIn(jar.get(names.refresh)?.value),
  };
}

async function deviceHeader(): Promise<{ readonly "Postern-Device"?: string }> {
  const device = deviceTokenIn((await cookies()).get(cookieNames(env().https).device)?.value);
  return { "Postern-Device": device };
}

async function rememberDevice(response: Response): Promise<void> {
  await edit(remembering(response.headers.get("postern-device"), env().https));
}

async function edit(edits: readonly CookieEdit[]): Promise<void> {
  const [jar, options] = [await cookies(), cookieOptions(env().https)];
  for (const { name, value, maxAge } of edits) jar.set(name, value, { ...options, maxAge });
}
