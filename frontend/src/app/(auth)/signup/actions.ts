"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { nextPath, signinPath } from "@/lib/next-path";
import { startSession } from "@/session/changes";
import { keepAddress } from "@/session/mailed";
import { leaveNotice } from "@/session/notice";

export const signup = action(
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

async function toMail(email: string): Promise<never> {
  await keepAddress(email);
  redirect("/verify-email");
}
