"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { getWays } from "@/api/service";
import { action } from "@/forms/action";
import type { FormState } from "@/forms/form-state";
import { nextPath, signinPath } from "@/lib/next-path";
import { startSession } from "@/session/changes";
import { keepAddress } from "@/session/mailed";
import { leaveNotice } from "@/session/notice";
import { answerIn } from "@/session/passkeys";
import { SAVE_PASSKEY, WITH_PASSKEY } from "./ways";

const withPassword = action(
  {
    name: {},
    email: { missing: ({ signin }) => signin.missingEmail },
    password: { missing: ({ signup }) => signup.missingPassword, secret: true },
    next: {},
  },
  async (value) => {
    const [email, password, name] = [value("email"), value("password"), value("name")];
    const { error, response } = await (await api()).POST("/auth/signup", { body: { email, password, name } });
    if (error) return refusal(error, response);

    // 202: the answer is the same for an address that has an account. A mail says the rest.
    if (response.status === 202) return toMail(email);
    const next = nextPath(value("next"));
    const refused = await startSession({ email, password }, next);
    if (!refused) redirect(next);
    if (refused.code === "email_not_verified") return toMail(email);
    // The account exists now, but the sign-in failed. A page says so, and the person signs in there.
    await leaveNotice("account-created");
    redirect(signinPath(next, "account-created"));
  },
);

/** Asks what the browser needs to make a passkey for this address. */
const beginPasskey = action(
  { name: {}, email: { missing: ({ signin }) => signin.missingEmail }, next: {} },
  async (value) => {
    const body = { email: value("email"), name: value("name") };
    const { data, error, response } = await (await api()).POST("/auth/passkeys/signup/options", { body });
    if (!data) return refusal(error, response);
    await keepAddress(body.email);
    return { saved: "", once: { kind: "passkey", options: JSON.stringify(data) } };
  },
);

const savePasskey = action({ attestation: { secret: true }, next: {} }, async (value) => {
  const attestation = answerIn(value("attestation"));
  if (!attestation) return refusal({ code: "attestation_invalid" });
  const { error, response } = await (await api()).POST("/auth/passkeys/signup", { body: { attestation } });
  if (error) return refusal(error, response);
  if (response.status === 202 || (await getWays()).requiresVerifiedEmail) redirect("/verify-email");
  // Only a sign-in starts a session, so the passkey is used for the first time now.
  await leaveNotice("account-created");
  redirect(signinPath(nextPath(value("next")), "account-created"));
});

export async function signup(state: FormState, form: FormData): Promise<FormState> {
  switch (form.get("way")) {
    case WITH_PASSKEY:
      return beginPasskey(state, form);
    case SAVE_PASSKEY:
      return savePasskey(state, form);
    default:
      return withPassword(state, form);
  }
}

async function toMail(email: string): Promise<never> {
  await keepAddress(email);
  redirect("/verify-email");
}
