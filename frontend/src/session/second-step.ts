/** A sign-in that needs a second proof. Its attempt is in a cookie of this browser and never in an address. */

import "server-only";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { enrolPath, SIGNIN_EXPIRED, secondStepPath, signinPath } from "@/lib/next-path";
import {
  cookieNames,
  keepingPasskeyOptions,
  keepingSecondStep,
  MOST_CODES,
  passkeyOptionsIn,
  type SecondStep,
  secondStepIn,
} from "./cookies";
import { edit } from "./jar";

export async function heldSecondStep(): Promise<SecondStep | undefined> {
  return secondStepIn((await cookies()).get(cookieNames(env().https).secondStep)?.value);
}

/** What the browser needs to ask for a passkey of this sign-in, as JSON. */
export async function heldPasskeyOptions(): Promise<string | undefined> {
  return passkeyOptionsIn((await cookies()).get(cookieNames(env().https).passkeyOptions)?.value);
}

/** Only in an action, like all that follow. */
export async function dropSecondStep(): Promise<void> {
  const { https } = env();
  await edit([keepingSecondStep(undefined, https), keepingPasskeyOptions(undefined, https)]);
}

export async function toSecondStep(
  required: components["schemas"]["SecondFactorRequired"],
  next: string,
): Promise<never> {
  const { https } = env();
  await edit([keepingSecondStep(required, https), keepingPasskeyOptions(required.passkey_options, https)]);
  redirect(required.factors.length > 0 ? secondStepPath(next) : enrolPath(next));
}

/** Counts a refused code. After the last one the attempt no longer counts, so the person begins again. */
export async function countRefused(step: SecondStep, next: string): Promise<void> {
  const refused = (step.refused ?? 0) + 1;
  if (refused >= MOST_CODES) return toFirstStep(next);
  await edit([keepingSecondStep({ ...step, refused }, env().https)]);
}

/** The attempt no longer counts, so the person begins again. */
export async function toFirstStep(next: string): Promise<never> {
  await dropSecondStep();
  redirect(signinPath(next, SIGNIN_EXPIRED));
}
