"use server";

import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import type { FormState } from "@/forms/form-state";
import { startSession, startSessionWithPasskey } from "@/session/changes";
import { confirmInSession, signInAndConfirm, toPage, VERIFY } from "@/session/confirming";
import { keepAddress } from "@/session/mailed";
import { WITH_PASSKEY } from "../signin/ways";

export const confirmAddress = action({}, async () => (await confirmInSession()) ?? toPage(undefined));

/** Without a session a credential of the account is the proof. */
export async function signinAndConfirm(state: FormState, form: FormData): Promise<FormState> {
  return (form.get("way") === WITH_PASSKEY ? withPasskey : withPassword)(state, form);
}

const withPassword = action(
  {
    email: { missing: ({ signin }) => signin.missingEmail },
    password: { missing: ({ signin }) => signin.missingPassword, secret: true },
  },
  async (value) => {
    const credentials = { email: value("email"), password: value("password") };
    const signIn = () => startSession(credentials, VERIFY);
    return signInAndConfirm(signIn, { email: credentials.email, otherwise: "email-confirmed" });
  },
);

const withPasskey = action({ email: {}, assertion: { secret: true } }, async (value) => {
  const email = value("email");
  if (email) await keepAddress(email);
  const signIn = () => startSessionWithPasskey(value("assertion"), VERIFY);
  return signInAndConfirm(signIn, { email, otherwise: "email-confirmed-passkey" });
});

export const sendAgain = action(
  { email: { missing: ({ signin }) => signin.missingEmail } },
  async (value, words) => {
    const email = value("email");
    const { error, response } = await (await api()).POST("/auth/email/verification", { body: { email } });
    if (error) return refusal(error, response);
    await keepAddress(email);
    return { saved: words.verifyEmail.sent };
  },
);
