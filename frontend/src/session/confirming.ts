/** The link that confirms an address, used together with a sign-in. Only in an action. */

import "server-only";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { type Refusal, refusal } from "@/api/problems";
import { signinPath } from "@/lib/next-path";
import { dropLink, heldAddress, heldLink } from "./mailed";
import { leaveNotice, linkProblem, type Notice } from "./notice";
import { asUser } from "./transport";

/** The page of the link. */
export const VERIFY = "/verify-email";

/** Sends a proof to the API. Returns the reason if it is refused. */
type SignIn = () => Promise<Refusal | undefined>;

interface Confirming {
  /** The address that the person typed. The API compares it: nobody confirms an account of somebody else. */
  readonly email: string;
  /** What /signin says if the address is confirmed, but the person has to sign in once more. */
  readonly otherwise: Extract<Notice, "email-confirmed" | "email-confirmed-passkey">;
}

/**
 * Signs in, and confirms the address with the new session: the API then knows that one person has shown both.
 * If the service lets only proved addresses in, it refuses a right proof with a code of its own. Nothing of the proof is
 * used then. So the link goes first, and the same proof once more.
 */
export async function signInAndConfirm(signIn: SignIn, { email, otherwise }: Confirming): Promise<Refusal> {
  const first = await signIn();
  if (!first) return toPage(await confirmInSession());
  if (first.code !== "email_not_verified") return first;
  const ofLink = await confirmTyped(email);
  if (ofLink) return ofLink;
  if (!(await signIn())) return toPage(undefined);
  await leaveNotice(otherwise);
  redirect(signinPath("/profile", otherwise));
}

/** The second step of a sign-in, which uses the link if the sign-in began on its page. */
export async function finishAndConfirm(signIn: SignIn, next: string): Promise<Refusal | undefined> {
  if (next !== VERIFY || !(await heldLink("verify-email"))) return signIn();
  const refused = await signInAndConfirm(signIn, {
    email: await heldAddress(),
    otherwise: "email-confirmed",
  });
  // The page of the link has a way to another mail.
  return linkProblem(refused.code) ? toPage(refused) : refused;
}

/** With the session of this browser. The API refuses the link of another account. */
export async function confirmInSession(): Promise<Refusal | undefined> {
  const token = await heldLink("verify-email");
  if (!token) return refusal({ code: "link_invalid" });
  const refused = await asUser(VERIFY, (client) => client.POST("/auth/email/verify", { body: { token } }));
  if (!refused) await dropLink("verify-email");
  return refused;
}

async function confirmTyped(email: string): Promise<Refusal | undefined> {
  const token = await heldLink("verify-email");
  if (!token) return refusal({ code: "link_invalid" });
  const { error, response } = await (await api()).POST("/auth/email/verify", { body: { token, email } });
  if (error) return refusal(error, response);
  await dropLink("verify-email");
}

/** The page says that the address is confirmed, or what is wrong with the link. */
export async function toPage(refused: Refusal | undefined): Promise<never> {
  const notice = refused ? linkProblem(refused.code) : "email-confirmed";
  if (notice) await leaveNotice(notice);
  redirect(notice ? `${VERIFY}?notice=${notice}` : VERIFY);
}
