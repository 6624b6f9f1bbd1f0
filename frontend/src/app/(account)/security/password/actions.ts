"use server";

import { refresh } from "next/cache";
import { besidePassword } from "@/api/problems";
import type { FormState } from "@/forms/form-state";
import { provenAction } from "@/forms/proven-action";
import { replacePassword } from "@/session/changes";
import { asUser } from "@/session/transport";
import { HERE } from "../path";

const change = provenAction(
  HERE,
  {
    current_password: { missing: ({ changePassword }) => changePassword.missingCurrent, secret: true },
    new_password: { missing: ({ changePassword }) => changePassword.missingNew, secret: true },
  },
  async (value, words) => {
    const body = { current_password: value("current_password"), new_password: value("new_password") };
    const refused = await replacePassword(HERE, body);
    if (refused) return besidePassword(refused, "current_password");
    refresh();
    return { saved: words.changePassword.changed };
  },
);

const set = provenAction(
  HERE,
  { new_password: { missing: ({ changePassword }) => changePassword.missingNew, secret: true } },
  async (value, words) => {
    const refused = await replacePassword(HERE, { new_password: value("new_password") });
    if (refused) return refused;
    refresh();
    return { saved: words.changePassword.wasSet };
  },
);

export const removePassword = provenAction(HERE, {}, async (_value, { changePassword }) => {
  const refused = await asUser(HERE, (client) => client.DELETE("/auth/password"));
  // It was removed elsewhere, so the person has what they asked for.
  if (refused && refused.code !== "not_found") return refused;
  refresh();
  return { saved: changePassword.removed };
});

/** An account without a password has no field for the current one. */
export async function changePassword(state: FormState, form: FormData): Promise<FormState> {
  return form.has("current_password") ? change(state, form) : set(state, form);
}
