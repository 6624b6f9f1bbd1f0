"use server";

import { redirect } from "next/navigation";
import { besideCode } from "@/api/problems";
import { action } from "@/forms/action";
import { CONFIRM } from "@/forms/enrolment-steps";
import type { FormState } from "@/forms/form-state";
import { pictureIn } from "@/forms/qr-picture";
import { newCodesPath, nextPath } from "@/lib/next-path";
import { beginEnrolment, finishEnrolment } from "@/session/enrolment";

const begin = action({ next: {} }, async (value) => {
  const begun = await beginEnrolment(nextPath(value("next")));
  if (!("app" in begun)) return begun;
  const { secret, otpauth_url: link, qr_svg } = begun.app;
  return { saved: "", once: { kind: "app", secret, link, picture: pictureIn(qr_svg) } };
});

const confirm = action(
  { code: { missing: ({ authenticator }) => authenticator.missingCode, secret: true }, next: {} },
  async (value) => {
    const next = nextPath(value("next"));
    const refused = await finishEnrolment(value("code"), next);
    if (refused?.code === "email_not_verified") redirect("/verify-email");
    if (refused) return besideCode(refused, "code", "totp");
    redirect(newCodesPath(next));
  },
);

/** While the code is not right, the form keeps showing what the app has to read. */
export async function enrol(state: FormState, form: FormData): Promise<FormState> {
  if (form.get("step") !== CONFIRM) return begin(state, form);
  const confirmed = await confirm(state, form);
  return confirmed.status === "refused" ? { ...confirmed, once: state.once } : confirmed;
}
