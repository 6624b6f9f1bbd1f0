"use server";

import { redirect } from "next/navigation";
import { besideCode } from "@/api/problems";
import { action } from "@/forms/action";
import { nextPath, withNext } from "@/lib/next-path";
import { finishSignin, finishSigninWithPasskey } from "@/session/changes";
import { dropSecondStep } from "@/session/second-step";

export const signinWithCode = action(
  {
    code: { missing: ({ secondStep }) => secondStep.missingCode, secret: true },
    factor: {},
    trust: {},
    next: {},
  },
  async (value) => {
    const next = nextPath(value("next"));
    const factor = value("factor") === "recovery_code" ? "recovery_code" : "totp";
    const trust = value("trust") !== "";
    const refused = await finishSignin({ factor, code: value("code"), trust }, next);
    if (refused?.code === "email_not_verified") redirect("/verify-email");
    if (refused) return besideCode(refused, "code", factor);
    redirect(next);
  },
);

export const signinWithPasskey = action(
  { assertion: { secret: true }, trust: {}, next: {} },
  async (value) => {
    const next = nextPath(value("next"));
    const refused = await finishSigninWithPasskey(value("assertion"), value("trust") !== "", next);
    if (refused?.code === "email_not_verified") redirect("/verify-email");
    if (refused) return refused;
    redirect(next);
  },
);

export async function startOver(form: FormData): Promise<void> {
  await dropSecondStep();
  redirect(withNext("/signin", nextPath(form.get("next"))));
}
