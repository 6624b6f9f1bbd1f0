/** Calls to the API as the person who is signed in. */

import "server-only";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { type Api, api, visitorsApi } from "@/api/client";
import { type Problem, type Refusal, refusal } from "@/api/problems";
import { env } from "@/env";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { clearing, holding } from "./cookies";
import { edit, heldTokens } from "./jar";
import { bearerOf } from "./receipt";
import { refresh } from "./refresh";

/** What the API says of an access token, and not of the session behind it. */
const NO_USE: readonly string[] = ["token_expired", "token_invalid"];

/** The API on behalf of whoever holds this token. */
export async function bearersApi(accessToken: string): Promise<Api> {
  const visitor = await headers();
  return visitorsApi(visitor, bearerOf(accessToken, visitor));
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
export async function asBearer(call: Call): Promise<Answer> {
  const { accessToken, refreshToken } = await heldTokens();
  if (!accessToken) {
    return { error: refreshToken ? await whyNotRefreshed() : { code: "token_missing" } };
  }
  const answer = await call(await bearersApi(accessToken));
  if (!refreshToken || !NO_USE.includes(answer.error?.code ?? "")) return answer;
  const visitor = await headers();
  const refreshed = await refresh(refreshToken, visitor);
  if (refreshed.status === "unknown") return { error: await whyNotRefreshed() };
  if (refreshed.status === "ended") return { error: { code: "session_revoked" } };
  await edit(holding(refreshed.tokens, env().https));
  return call(visitorsApi(visitor, { accessToken: refreshed.tokens.access_token, receiptPending: true }));
}

/** Only in an action. A token that is no use may have a sound session behind it: the next request asks for it. */
async function toSignin(path: string, refused?: Refusal): Promise<never> {
  const over = refused?.code === "session_revoked";
  await edit(clearing(env().https, "access", ...(over ? (["refresh"] as const) : [])));
  redirect(signinPath(path, SESSION_ENDED));
}

/** There is a refresh token alone: src/proxy.ts has asked with it and got no answer. */
export async function whyNotRefreshed(): Promise<Problem | { code: string }> {
  const { error } = await (await api()).GET("/readyz");
  return error ?? { code: "api_unreachable" };
}
