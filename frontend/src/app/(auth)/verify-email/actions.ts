"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { type Refusal, refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { startSession } from "@/session/changes";
import { dropLink, heldLink, keepAddress } from "@/session/mailed";
import { leaveNotice, linkProblem } from "@/session/notice";
import { asUser } from "@/session/transport";

const HERE = "/verify-email";
const CONFIRMED = "email-confirmed";

/** With the session of this browser. The API refuses the link of another account. */
export const confirmAddress = action({}, async () => {
  const token = await heldLink("verify-email");
  if (!token) return refusal({ code: "link_invalid" });
  const refused = await asUser(HERE, (client) => client.POST("/auth/email/verify", { body: { token } }));
  if (refused) return refused;
  await dropLink("verify-email");
  return toConfirmed();
});

/**
 * Without a session the password is the proof. If the service lets only proved addresses in, it refuses the right
 * password with a code of its own; then the link goes first.
 */
export const signinAndConfirm = action(
  {
    email: { missing: ({ signin }) => signin.missingEmail },
    password: { missing: ({ signin }) => signin.missingPassword, secret: true },
  },
  async (value) => {
    const credentials = { email: value("email"), password: value("password") };
    const first = await startSession(credentials, HERE);
    if (first && first.code !== "email_not_verified") return first;
    const ofLink = await confirmTyped(credentials.email);
    if (first) {
      const refused = ofLink ?? (await startSession(credentials, HERE));
      if (refused) return refused;
      return toConfirmed();
    }
    // The person is signed in now, so they get the page of their account: it says what is wrong with the link.
    if (!ofLink) return toConfirmed();
    const notice = linkProblem(ofLink.code);
    if (notice) await leaveNotice(notice);
    redirect(notice ? `${HERE}?notice=${notice}` : HERE);
  },
);

async function toConfirmed(): Promise<never> {
  await leaveNotice(CONFIRMED);
  redirect(`${HERE}?notice=${CONFIRMED}`);
}

/** The API compares the address: nobody confirms an account of somebody else. */
async function confirmTyped(email: string): Promise<Refusal | undefined> {
  const token = await heldLink("verify-email");
  if (!token) return refusal({ code: "link_invalid" });
  const { error, response } = await (await api()).POST("/auth/email/verify", { body: { token, email } });
  if (error) return refusal(error, response);
  await dropLink("verify-email");
}

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
