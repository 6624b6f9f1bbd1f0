"use server";

import { refresh } from "next/cache";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import type { FormState, Once } from "@/forms/form-state";
import { provenAction } from "@/forms/proven-action";
import { answerIn, knownIn, optionsToAdd } from "@/session/passkeys";
import { asUser } from "@/session/transport";
import { HERE } from "../path";
import { ADD, REMOVE, SAVE } from "./steps";

const add = provenAction(HERE, { step: {} }, async () => {
  const options = await optionsToAdd(HERE);
  return typeof options === "string" ? { saved: "", once: { kind: "passkey", options } } : options;
});

const save = provenAction(HERE, { attestation: { secret: true } }, async (value, { passkeys }) => {
  const attestation = answerIn(value("attestation"));
  if (!attestation) return refusal({ code: "attestation_invalid" });
  const refused = await asUser(HERE, (client) => client.POST("/auth/passkeys", { body: { attestation } }));
  if (refused) return refused;
  refresh();
  return { saved: passkeys.wasAdded, once: await knownPasskeys() };
});

const remove = provenAction(HERE, { step: {} }, async (value, { passkeys }) => {
  const id = Number(value("step").slice(REMOVE.length));
  const refused = await asUser(HERE, (client) =>
    client.DELETE("/auth/passkeys/{id}", { params: { path: { id } } }),
  );
  // It was removed elsewhere, so the person has what they asked for.
  if (refused && refused.code !== "not_found") return refused;
  refresh();
  return { saved: passkeys.removed, once: await knownPasskeys() };
});

/** Adding takes two steps: the browser makes the passkey between them. */
export async function changePasskeys(state: FormState, form: FormData): Promise<FormState> {
  const step = form.get("step");
  if (step === SAVE) {
    const saved = await save(state, form);
    // The options have been used, so the person begins again.
    return saved.status === "refused" ? { ...saved, values: { step: ADD } } : saved;
  }
  return typeof step === "string" && step.startsWith(REMOVE) ? remove(state, form) : add(state, form);
}

export const renamePasskey = action(
  { id: {}, name: { missing: ({ passkeys }) => passkeys.missingName } },
  async (value, { passkeys }) => {
    const path = { id: Number(value("id")) };
    const body = { name: value("name") };
    const refused = await asUser(HERE, (client) =>
      client.PATCH("/auth/passkeys/{id}", { params: { path }, body }),
    );
    if (refused) return refused;
    refresh();
    return { saved: passkeys.renamed };
  },
);

/** For the password manager. Without it, it keeps offering what it has. */
async function knownPasskeys(): Promise<Once | undefined> {
  const options = await optionsToAdd(HERE);
  return typeof options === "string" ? { kind: "passkeys", known: knownIn(options) } : undefined;
}
