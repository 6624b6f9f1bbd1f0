/** Calls to the API as the person who is signed in. */

import "server-only";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { bearerOf, clearing, withTokens } from "postern-auth/web";
import { type Api, api, visitorsApi } from "@/api/client";
import { type Problem, type Refusal, refusal } from "@/api/problems";
import { env } from "@/env";
import { SESSION_ENDED, signinPath } from "@/lib/next-path";
import { edit } from "./jar";
import { wiring } from "./wiring";

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

/** One call to the API with the tokens of this browser. */
export async function asBearer(call: Call): Promise<Answer> {
  const visitor = await headers();
  const attempted = await withTokens<Answer>(wiring(), {
    call: (bearer) => call(visitorsApi(visitor, bearer)),
    codeOf: ({ error }) => error?.code,
  });
  switch (attempted.status) {
    case "answered":
      return attempted.answer;
    case "signed-out":
      return { error: { code: "token_missing" } };
    case "ended":
      return { error: { code: "session_revoked" } };
    case "unknown":
      return { error: await whyNotRefreshed() };
  }
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
