"use server";

import { redirect } from "next/navigation";
import { action } from "@/forms/action";
import type { FormState } from "@/forms/form-state";
import { nextPath, withNext } from "@/lib/next-path";
import { startSession } from "@/session/changes";
import { dropAttempt, keepAddress } from "@/session/mailed";
import { FORGOTTEN, WITH_LINK } from "./ways";

const withPassword = action(
  {
    email: { missing: ({ signin }) => signin.missingEmail },
    password: { missing: ({ signin }) => signin.missingPassword, secret: true },
    next: {},
  },
  async (value) => {
    const next = nextPath(value("next"));
    const refused = await startSession({ email: value("email"), password: value("password") }, next);
    if (refused?.code === "email_not_verified") {
      await keepAddress(value("email"));
      redirect("/verify-email");
    }
    if (refused) return refused;
    redirect(next);
  },
);

export async function signin(state: FormState, form: FormData): Promise<FormState> {
  const [way, email] = [form.get("way"), form.get("email")];
  if (way !== FORGOTTEN && way !== WITH_LINK) return withPassword(state, form);
  await keepAddress(typeof email === "string" ? email.trim() : "");
  if (way === FORGOTTEN) redirect("/forgot-password");
  await dropAttempt();
  redirect(withNext("/magic-link", nextPath(form.get("next"))));
}
