"use server";

import { redirect } from "next/navigation";
import { besidePassword, type Refusal } from "@/api/problems";
import { env } from "@/env";
import type { FormState } from "@/forms/form-state";
import { provenAction } from "@/forms/proven-action";
import { fill } from "@/lib/fill";
import { forgetSession } from "@/session/changes";
import { leaveNotice } from "@/session/notice";
import { asUser } from "@/session/transport";
import type { Words } from "@/words/words";
import { HERE } from "../path";

const confirmation = {
  missing: ({ deletion }: Words) => fill(deletion.missingConfirmation, deletion),
  wanted: ({ deletion }: Words) => deletion.confirmation,
};

const withPassword = provenAction(
  HERE,
  {
    password: { missing: ({ deletion }) => deletion.missingPassword, secret: true },
    confirmation,
  },
  async (value) => deleted(value("password")),
);

const withoutPassword = provenAction(HERE, { confirmation }, async () => deleted());

/** An account without a password has no field for it. */
export async function deleteAccount(state: FormState, form: FormData): Promise<FormState> {
  return form.has("password") ? withPassword(state, form) : withoutPassword(state, form);
}

async function deleted(password?: string): Promise<Refusal> {
  const refused = await asUser(HERE, (client) => client.POST("/auth/profile/delete", { body: { password } }));
  if (refused) return besidePassword(refused, "password");
  await forgetSession();
  await leaveNotice("account-deleted");
  redirect(`${env().look.homeUrl ? "/signin" : "/"}?notice=account-deleted`);
}
