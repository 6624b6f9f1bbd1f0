"use server";

import { redirect } from "next/navigation";
import { refusal } from "@/api/problems";
import type { FormState } from "@/forms/form-state";
import { provenAction } from "@/forms/proven-action";
import { nextPath } from "@/lib/next-path";
import { offerPath, rememberOffer } from "@/session/offer";
import { answerIn, optionsToAdd } from "@/session/passkeys";
import { asUser } from "@/session/transport";
import { LATER, NEVER, SAVE } from "./steps";

export async function answerOffer(state: FormState, form: FormData): Promise<FormState> {
  const next = nextPath(form.get("next"));
  const step = form.get("step");
  if (step === LATER || step === NEVER) {
    if (step === NEVER) await rememberOffer(true);
    redirect(next);
  }
  return (step === SAVE ? save : add)(offerPath(next), next)(state, form);
}

const add = (path: string) =>
  provenAction(path, { next: {} }, async () => {
    const options = await optionsToAdd(path);
    return typeof options === "string" ? { saved: "", once: { kind: "passkey", options } } : options;
  });

const save = (path: string, next: string) =>
  provenAction(path, { attestation: { secret: true } }, async (value) => {
    const attestation = answerIn(value("attestation"));
    if (!attestation) return refusal({ code: "attestation_invalid" });
    const refused = await asUser(path, (client) => client.POST("/auth/passkeys", { body: { attestation } }));
    if (refused) return refused;
    redirect(next);
  });
