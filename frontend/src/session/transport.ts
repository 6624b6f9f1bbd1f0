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

/** The codes that are about the access token only: the session may still be valid. */
const USELESS: readonly string[] = ["token_expired", "token_invalid"];

/** The API, called with this token. */
export async function bearersApi(accessToken: string): Promise<Api> {
  const visitor = await headers();
  return visitorsApi(visitor, bearerOf(accessToken, visitor));
}

/** The guard of actions: one call to the API as this person. Returns the refusal, if there is one. */
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
 * One call to the API with the tokens of this browser. The API may refuse a token that has not expired, for example if
 * its key was withdrawn. Nothing has been done then, so the call is made once more with a new token.
 */
export async function asBearer(call: Call): Promise<Answer> {
  const { accessToken, refreshToken } = await heldTokens();
  if (!accessToken) {
    return { error: refreshToken ? await whyNotRefreshed() : { code: "token_missing" } };
  }
  const answer = await call(await bearersApi(accessToken));
  if (!refreshToken || !USELESS.includes(answer.error?.code ?? "")) return answer;
  const visitor = await headers();
  const refreshed = await refresh(refreshToken, visitor);
  if (refreshed.status === "unknown") return { error: await whyNotRefreshed() };
  if (refreshed.status === "ended") return { error: { code: "session_revoked" } };
  await edit(holding(refreshed.tokens, env().https));
  return call(visitorsApi(visitor, { accessToken: refreshed.tokens.access_token, receiptPending: true }));
}

/** Only in an action. The token is refused, but its session may still be valid: the next request finds out. */
async function toSignin(path: string, refused?: Refusal): Promise<never> {
  const over = refused?.code === "session_revoked";
  await edit(clearing(env().https, "access", ...(over ? (["refresh"] as const) : [])));
  redirect(signinPath(path, SESSION_ENDED));
}

/** For a refresh token without an access token: src/proxy.ts has tried it and got no answer. */
export async function whyNotRefreshed(): Promise<Problem | { code: string }> {
  const { error } = await (await api()).GET("/readyz");
  return error ?? { code: "api_unreachable" };
}
