"use server";

import { redirect } from "next/navigation";
import { besideCode, besidePassword, refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { nextPath, withNext } from "@/lib/next-path";
import { endSession, proveAgain } from "@/session/changes";
import { dropAttempt, keepAddress } from "@/session/mailed";
import { answerIn } from "@/session/passkeys";
import { requireUser } from "@/session/viewer";
import { here } from "./path";

export const reauthenticate = action(
  { password: { missing: ({ reauthenticate }) => reauthenticate.missingPassword, secret: true }, next: {} },
  async (value) => {
    const next = nextPath(value("next"));
    const refused = await proveAgain(here(next), { password: value("password") });
    if (refused) return besidePassword(refused, "password");
    redirect(next);
  },
);

export const reauthenticateWithCode = action(
  { code: { missing: ({ secondStep }) => secondStep.missingCode, secret: true }, factor: {}, next: {} },
  async (value) => {
    const next = nextPath(value("next"));
    const factor = value("factor") === "recovery_code" ? "recovery_code" : "totp";
    const refused = await proveAgain(here(next), { code: value("code") });
    if (refused) return besideCode(refused, "code", factor);
    redirect(next);
  },
);

export const reauthenticateWithPasskey = action({ assertion: { secret: true }, next: {} }, async (value) => {
  const next = nextPath(value("next"));
  const assertion = answerIn(value("assertion"));
  if (!assertion) return refusal({ code: "challenge_invalid" });
  const refused = await proveAgain(here(next), { assertion });
  if (refused) return refused;
  redirect(next);
});

/** For an account without a password: only a new sign-in proves who the person is. */
export const signinAgain = action({ next: {} }, async (value) => {
  const next = nextPath(value("next"));
  const viewer = await requireUser(here(next));
  if (viewer.status === "unavailable") return viewer.refusal;
  if (!(await endSession())) return refusal({ code: "api_unreachable" });
  await dropAttempt();
  await keepAddress(viewer.profile.email);
  redirect(withNext("/magic-link", next));
});
