/** A sign-in that needs a second proof. Its attempt is in a cookie of this browser and never in an address. */

import "server-only";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { SIGNIN_EXPIRED, secondStepPath, signinPath } from "@/lib/next-path";
import { cookieNames, keepingSecondStep, type SecondStep, secondStepIn } from "./cookies";
import { edit } from "./jar";

export async function heldSecondStep(): Promise<SecondStep | undefined> {
  return secondStepIn((await cookies()).get(cookieNames(env().https).secondStep)?.value);
}

/** Only in an action, like all that follow. */
export async function dropSecondStep(): Promise<void> {
  await edit([keepingSecondStep(undefined, env().https)]);
}

export async function toSecondStep(
  required: components["schemas"]["SecondFactorRequired"],
  next: string,
): Promise<never> {
  await edit([keepingSecondStep(required, env().https)]);
  redirect(secondStepPath(next));
}

/** The attempt no longer counts, so the person begins again. */
export async function toFirstStep(next: string): Promise<never> {
  await dropSecondStep();
  redirect(signinPath(next, SIGNIN_EXPIRED));
}
