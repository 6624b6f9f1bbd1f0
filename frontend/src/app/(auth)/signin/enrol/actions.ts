"use server";

import { redirect } from "next/navigation";
import { besideCode } from "@/api/problems";
import { action } from "@/forms/action";
import { CONFIRM } from "@/forms/enrolment-steps";
import type { FormState } from "@/forms/form-state";
import { pictureIn } from "@/forms/qr-picture";
import { newCodesPath, nextPath } from "@/lib/next-path";
import {
  beginEnrolment,
  beginPasskeyEnrolment,
  finishEnrolment,
  finishPasskeyEnrolment,
} from "@/session/enrolment";
import { BEGIN_PASSKEY, SAVE_PASSKEY } from "./steps";

const begin = action({ next: {} }, async (value) => {
  const begun = await beginEnrolment(nextPath(value("next")));
  if (!("app" in begun)) return begun;
  const { secret, otpauth_url: link, qr_svg } = begun.app;
  return { saved: "", once: { kind: "app", secret, link, picture: pictureIn(qr_svg) } };
});

const beginPasskey = action({ next: {} }, async (value) => {
  const options = await beginPasskeyEnrolment(nextPath(value("next")));
  return typeof options === "string" ? { saved: "", once: { kind: "passkey", options } } : options;
});

const savePasskey = action({ attestation: { secret: true }, next: {} }, async (value) => {
  const next = nextPath(value("next"));
  const refused = await finishPasskeyEnrolment(value("attestation"), next);
  if (refused?.code === "email_not_verified") redirect("/verify-email");
  if (refused) return refused;
  redirect(newCodesPath(next));
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

export async function enrol(state: FormState, form: FormData): Promise<FormState> {
  switch (form.get("step")) {
    case BEGIN_PASSKEY:
      return beginPasskey(state, form);
    case SAVE_PASSKEY:
      return savePasskey(state, form);
    case CONFIRM:
      return confirmApp(state, form);
    default:
      return begin(state, form);
  }
}

/** While the code is not right, the form keeps showing what the app has to read. */
async function confirmApp(state: FormState, form: FormData): Promise<FormState> {
  const confirmed = await confirm(state, form);
  return confirmed.status === "refused" ? { ...confirmed, once: state.once } : confirmed;
}
