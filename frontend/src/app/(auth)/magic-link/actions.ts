"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { ofAskingBrowser, type Refusal, refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { nextPath, withNext } from "@/lib/next-path";
import { startSessionByMail } from "@/session/changes";
import { dropAttempt, heldAttempt, heldLink, keepAddress, keepAttempt } from "@/session/mailed";
import { hasSession } from "@/session/viewer";

export const askForLink = action(
  { email: { missing: ({ signin }) => signin.missingEmail }, next: {} },
  async (value) => {
    const email = value("email");
    const { data, error, response } = await (await api()).POST("/auth/magic-link", { body: { email } });
    if (!data) return refusal(error, response);
    await dropAttempt();
    await keepAttempt(data.attempt);
    await keepAddress(email);
    redirect(withNext("/magic-link", nextPath(value("next"))));
  },
);

export const signinByCode = action(
  { code: { missing: ({ magicLink }) => magicLink.missingCode }, next: {} },
  async (value) => {
    const attempt = await heldAttempt();
    if (!attempt) return refusal({ code: "code_invalid" });
    const next = nextPath(value("next"));
    const refused = await startSessionByMail({ attempt, code: value("code") }, next);
    if (refused) return refused.code === "code_invalid" ? besideCode(refused) : refused;
    redirect(next);
  },
);

function besideCode(refused: Refusal): Refusal {
  return { ...refused, fields: { code: { code: refused.code } } };
}

/** Only in the browser that asked: others have no attempt. */
export const signinByLink = action({ next: {} }, async (value) => {
  const [attempt, token] = [await heldAttempt(), await heldLink("magic-link")];
  const next = nextPath(value("next"));
  // The code of the same mail may have signed in already, in another tab.
  if (await hasSession()) redirect(next);
  if (!attempt || !token) return ofAskingBrowser(refusal({ code: "link_invalid" }));
  const refused = await startSessionByMail({ attempt, token }, next);
  if (refused) return ofAskingBrowser(refused);
  redirect(next);
});

/** Forgets the mail that was asked for, so that the page asks for an address again. */
export async function startOver(form: FormData): Promise<void> {
  await dropAttempt();
  redirect(withNext("/magic-link", nextPath(form.get("next"))));
}
