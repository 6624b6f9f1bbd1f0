"use server";

import { redirect } from "next/navigation";
import { action } from "@/forms/action";
import type { FormState } from "@/forms/form-state";
import { nextPath, withNext } from "@/lib/next-path";
import { startSession, startSessionWithPasskey } from "@/session/changes";
import { dropAttempt, keepAddress } from "@/session/mailed";
import { mayBeOffered, offerPath, rememberOffer } from "@/session/offer";
import { FORGOTTEN, WITH_LINK, WITH_PASSKEY } from "./ways";

const withPassword = action(
  {
    email: { missing: ({ signin }) => signin.missingEmail },
    password: { missing: ({ signin }) => signin.missingPassword, secret: true },
    next: {},
    device: {},
  },
  async (value) => {
    const next = nextPath(value("next"));
    const refused = await startSession({ email: value("email"), password: value("password") }, next);
    if (refused?.code === "email_not_verified") {
      await keepAddress(value("email"));
      redirect("/verify-email");
    }
    if (refused) return refused;
    if (value("device") !== "own" || !(await mayBeOffered())) redirect(next);
    // Now, because a person who leaves the offer by other ways than its buttons has had it, too.
    await rememberOffer(false);
    redirect(offerPath(next));
  },
);

const withPasskey = action({ assertion: { secret: true }, next: {} }, async (value) => {
  const next = nextPath(value("next"));
  const refused = await startSessionWithPasskey(value("assertion"), next);
  if (refused?.code === "email_not_verified") redirect("/verify-email");
  if (refused) return refused;
  redirect(next);
});

export async function signin(state: FormState, form: FormData): Promise<FormState> {
  const [way, email] = [form.get("way"), form.get("email")];
  if (way === WITH_PASSKEY) return withPasskey(state, form);
  if (way !== FORGOTTEN && way !== WITH_LINK) return withPassword(state, form);
  await keepAddress(typeof email === "string" ? email.trim() : "");
  if (way === FORGOTTEN) redirect("/forgot-password");
  await dropAttempt();
  redirect(withNext("/magic-link", nextPath(form.get("next"))));
}
