/** A second factor that a person adds while signing in, because the service requires one. Only in an action. */

import "server-only";

import { holding } from "postern-auth/web";
import { api } from "@/api/client";
import { type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { rememberDevice } from "./changes";
import { deviceHeader, edit } from "./jar";
import { answerIn } from "./passkeys";
import { countRefused, dropSecondStep, heldSecondStep, toFirstStep } from "./second-step";

type Enrolment = components["schemas"]["TotpEnrolment"];

/** What the app has to read that a person adds while signing in. */
export async function beginEnrolment(next: string): Promise<Refusal | { readonly app: Enrolment }> {
  const step = await heldSecondStep();
  if (!step) return toFirstStep(next);
  const { data, error, response } = await (await api()).POST("/auth/totp", {
    body: { attempt: step.attempt },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "attempt_invalid") return toFirstStep(next);
  return data ? { app: data } : refusal(error, response);
}

/** The first code of that app, which signs in. */
export async function finishEnrolment(code: string, next: string): Promise<Refusal | undefined> {
  const step = await heldSecondStep();
  if (!step) return toFirstStep(next);
  const { data, error, response } = await (await api()).POST("/auth/totp/confirm", {
    body: { attempt: step.attempt, code },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "attempt_invalid") return toFirstStep(next);
  if (error?.code === "code_invalid") await countRefused(step, next);
  if (error) return refusal(error, response);
  await dropSecondStep();
  if (data) await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** What the browser needs to make a passkey that a person adds while signing in. */
export async function beginPasskeyEnrolment(next: string): Promise<Refusal | string> {
  const step = await heldSecondStep();
  if (!step) return toFirstStep(next);
  const { data, error, response } = await (await api()).POST("/auth/passkeys/options", {
    body: { attempt: step.attempt },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "attempt_invalid") return toFirstStep(next);
  return data ? JSON.stringify(data) : refusal(error, response);
}

/** That passkey, which signs in. */
export async function finishPasskeyEnrolment(typed: string, next: string): Promise<Refusal | undefined> {
  const step = await heldSecondStep();
  if (!step) return toFirstStep(next);
  const attestation = answerIn(typed);
  if (!attestation) return refusal({ code: "attestation_invalid" });
  const { data, error, response } = await (await api()).POST("/auth/passkeys", {
    body: { attempt: step.attempt, attestation },
    params: { header: await deviceHeader() },
  });
  if (error?.code === "attempt_invalid") return toFirstStep(next);
  if (error) return refusal(error, response);
  await dropSecondStep();
  if (data && "access_token" in data) await edit(holding(data, env().https));
  await rememberDevice(response);
}
