/** Starts and ends sessions, and sets this browser's cookies. Only in an action or a route handler. */

import "server-only";

import { headers } from "next/headers";
import { clearing, holding, refresh } from "postern-auth/web";
import { api } from "@/api/client";
import { atSignin, type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { keepingAddress, remembering } from "./cookies";
import { deviceHeader, edit, heldTokens } from "./jar";
import { dropLink, keepAddress } from "./mailed";
import { answerIn } from "./passkeys";
import { countRefused, dropSecondStep, heldSecondStep, toFirstStep, toSecondStep } from "./second-step";
import { asBearer, asUser } from "./transport";
import { wiring } from "./wiring";

type Credentials = components["schemas"]["SigninRequest"];

/**
 * Only in an action: signs this browser in as the device of its last sign-in. Returns the reason if it is refused. If the
 * account has a second factor, it redirects to the page that asks for it, which then leads to `next`.
 */
export async function startSession(credentials: Credentials, next: string): Promise<Refusal | undefined> {
  const { data, error, response } = await (await api()).POST("/auth/signin", {
    body: credentials,
    params: { header: await deviceHeader() },
  });
  if (error?.code === "second_factor_required") {
    await keepAddress(credentials.email);
    return toSecondStep(error, next);
  }
  if (!data) return atSignin(refusal(error, response));
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: the same with the link or the code of a mail that this browser asked for. */
export async function startSessionByMail(
  body: components["schemas"]["MagicLinkSignin"],
  next: string,
): Promise<Refusal | undefined> {
  const { data, error, response } = await (await api()).POST("/auth/magic-link/signin", {
    body,
    params: { header: await deviceHeader() },
  });
  const wantsMore = error?.code === "second_factor_required";
  if (error && !wantsMore) return refusal(error, response);
  // The attempt stays: if the link is opened again, the API can say that it has been used.
  await dropLink("magic-link");
  if (wantsMore) return toSecondStep(error, next);
  if (!data) return refusal(error, response);
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: the same with the answer of a passkey, which signs in alone. */
export async function startSessionWithPasskey(typed: string, next: string): Promise<Refusal | undefined> {
  const assertion = answerIn(typed);
  if (!assertion) return refusal({ code: "challenge_invalid" });
  const { data, error, response } = await (await api()).POST("/auth/passkeys/signin", {
    body: { assertion },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "second_factor_required") return toSecondStep(error, next);
  if (!data) return refusal(error, response);
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** The factors whose codes finish a sign-in. */
export type CodeFactor = "totp" | "recovery_code";

const FINISHES = { totp: "/auth/signin/totp", recovery_code: "/auth/signin/recovery-code" } as const;

interface Second {
  readonly factor: CodeFactor;
  readonly code: string;
  /** Signing in on this device then needs no second step for some days. */
  readonly trust: boolean;
}

/** Only in an action: the second step. If the attempt has expired, it redirects to the first one. */
export async function finishSignin(
  { factor, code, trust }: Second,
  next: string,
): Promise<Refusal | undefined> {
  const step = await heldSecondStep();
  if (!step) return toFirstStep(next);
  const { data, error, response } = await (await api()).POST(FINISHES[factor], {
    body: { attempt: step.attempt, code, trust_device: trust },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "attempt_invalid") return toFirstStep(next);
  if (error?.code === "second_factor_required") return toSecondStep(error, next);
  if (error?.code === "code_invalid") await countRefused(step, next);
  if (!data) return refusal(error, response);
  await dropSecondStep();
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: the second step with a passkey. */
export async function finishSigninWithPasskey(
  typed: string,
  trust: boolean,
  next: string,
): Promise<Refusal | undefined> {
  const step = await heldSecondStep();
  if (!step) return toFirstStep(next);
  const assertion = answerIn(typed);
  if (!assertion) return refusal({ code: "challenge_invalid" });
  const { data, error, response } = await (await api()).POST("/auth/signin/passkey", {
    body: { attempt: step.attempt, assertion, trust_device: trust },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "attempt_invalid" || error?.code === "challenge_invalid") return toFirstStep(next);
  if (error?.code === "second_factor_required") return toSecondStep(error, next);
  if (!data) return refusal(error, response);
  await dropSecondStep();
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: as `asUser`. Proves again who the person is, so that the session is fresh. */
export async function prove(path: string, proof: Proof): Promise<Refusal | undefined> {
  return asUser(path, (client) => client.POST("/auth/reauthenticate", { body: proof }));
}

export type Proof = components["schemas"]["Reauthentication"];

/**
 * The same. The new tokens say when, so other services see it too. If they cannot be had now, the next refresh gives them.
 */
export async function proveAgain(path: string, proof: Proof): Promise<Refusal | undefined> {
  const refused = await prove(path, proof);
  const { refreshToken } = await heldTokens();
  if (refused || !refreshToken) return refused;
  const refreshed = await refresh(wiring().api, refreshToken, await headers());
  if (refreshed.status === "renewed") await edit(holding(refreshed.tokens, env().https));
}

/** Only in an action: as `asUser`. This browser then holds the new session, and is known by the new password. */
export async function replacePassword(
  path: string,
  body: components["schemas"]["PasswordChange"],
): Promise<Refusal | undefined> {
  const header = await deviceHeader();
  return asUser(path, async (client) => {
    const answer = await client.POST("/auth/password/change", { body, params: { header } });
    if (answer.data) await edit(holding(answer.data, env().https));
    await rememberDevice(answer.response);
    return answer;
  });
}

/**
 * Only in an action or a route handler. Signs this browser out even if the API does not answer. False if the session
 * may still exist at the API.
 */
export async function endSession(): Promise<boolean> {
  const { error } = await asBearer((client) => client.POST("/auth/signout"));
  await forgetSession();
  return error === undefined || refusal(error).signedOut;
}

/** Only in an action, if the call to the API has also ended the session. The next person here sees no typed address. */
export async function forgetSession(): Promise<void> {
  const { https } = env();
  await edit([...clearing(https, "access", "refresh"), keepingAddress("", https)]);
}

/** Only in an action: after each sign-in. */
export async function rememberDevice(response: Response): Promise<void> {
  await edit(remembering(response.headers.get("postern-device"), env().https));
}
