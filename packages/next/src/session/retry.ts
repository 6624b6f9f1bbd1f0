/** One call with the tokens of this browser, and once more with a new token if only the token was refused. */

import "server-only";

import { headers } from "next/headers";
import { type Bearer, isUseless, type Refused } from "./api.ts";
import { holding, LONG, sessionCookieNames } from "./cookies.ts";
import { edit, heldTokens } from "./jar.ts";
import { bearerOf } from "./receipt.ts";
import { refresh } from "./refresh.ts";
import type { Wiring } from "./renewal.ts";

interface Attempt<Answer> {
  readonly call: (bearer: Bearer) => Promise<Answer>;
  /** The code of the problem, if the answer is one. */
  readonly codeOf: (answer: Answer) => string | undefined | Promise<string | undefined>;
}

export type Attempted<Answer> =
  | { readonly status: "answered"; readonly answer: Answer }
  | { readonly status: "signed-out" }
  /** A new token showed that the session has ended. */
  | { readonly status: "ended" }
  /** There is a session, but it could not be renewed now. */
  | { readonly status: "unknown"; readonly refused?: Refused };

/**
 * The API may refuse a token that has not expired, for example if its key was withdrawn. Nothing has been done then, so
 * the call is made once more with a new token.
 */
export async function withTokens<Answer>(
  { api, https }: Wiring,
  { call, codeOf }: Attempt<Answer>,
): Promise<Attempted<Answer>> {
  const [{ accessToken, refreshToken }, visitor] = [await heldTokens(https), await headers()];
  if (!accessToken) return { status: refreshToken ? "unknown" : "signed-out" };
  const answer = await call(bearerOf(accessToken, visitor));
  if (!refreshToken || !isUseless(await codeOf(answer)) || !(await canStore(refreshToken, https)))
    return { status: "answered", answer };
  const refreshed = await refresh(api, refreshToken, visitor);
  if (refreshed.status === "unknown") return refreshed;
  if (refreshed.status === "ended") return refreshed;
  await edit(holding(refreshed.tokens, https), https);
  return {
    status: "answered",
    answer: await call({ accessToken: refreshed.tokens.access_token, receiptPending: true }),
  };
}

/** A page cannot change cookies: it throws then. A refresh there would lose the new tokens. */
async function canStore(refreshToken: string, https: boolean): Promise<boolean> {
  try {
    await edit([{ name: sessionCookieNames(https).refresh, value: refreshToken, maxAge: LONG }], https);
    return true;
  } catch {
    return false;
  }
}
