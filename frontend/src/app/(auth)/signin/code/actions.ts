"use server";

import { redirect } from "next/navigation";
import { besideCode } from "@/api/problems";
import { action } from "@/forms/action";
import { nextPath, withNext } from "@/lib/next-path";
import { finishSignin, finishSigninWithPasskey } from "@/session/changes";
import { finishAndConfirm } from "@/session/confirming";
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
    const proof = { factor, code: value("code"), trust } as const;
    const refused = await finishAndConfirm(() => finishSignin(proof, next), next);
    if (refused?.code === "email_not_verified") redirect("/verify-email");
    if (refused) return besideCode(refused, "code", factor);
    redirect(next);
  },
);

export const signinWithPasskey = action(
  { assertion: { secret: true }, trust: {}, next: {} },
  async (value) => {
    const next = nextPath(value("next"));
    const [assertion, trust] = [value("assertion"), value("trust") !== ""];
    const refused = await finishAndConfirm(() => finishSigninWithPasskey(assertion, trust, next), next);
    if (refused?.code === "email_not_verified") redirect("/verify-email");
    if (refused) return refused;
    redirect(next);
  },
);

export async function startOver(form: FormData): Promise<void> {
  await dropSecondStep();
  redirect(withNext("/signin", nextPath(form.get("next"))));
}
