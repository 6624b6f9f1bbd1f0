/**
 * What has just happened in this browser, for the next page to say. The address names the notice, and a cookie of one
 * minute confirms it: otherwise a link could say to anybody that their account is deleted.
 */

import "server-only";

import { cookies } from "next/headers";
import { env } from "@/env";
import { cookieNames } from "./cookies";
import { edit } from "./jar";

export type Notice =
  | "account-created"
  | "account-deleted"
  | "email-changed"
  | "email-confirmed"
  | "email-confirmed-passkey"
  | "email-undone"
  | "factor-reset-stopped"
  | "mail-sent"
  | "password-reset"
  | "signed-out"
  | "signed-out-here"
  | LinkProblem;

/** Why a link did not count, if the next page is to say it. */
export type LinkProblem = (typeof LINK_PROBLEMS)[number];

const LINK_PROBLEMS = [
  "link_expired",
  "link_invalid",
  "link_of_another_account",
  "link_replaced",
  "link_used",
] as const;

export function linkProblem(code: unknown): LinkProblem | undefined {
  return LINK_PROBLEMS.find((known) => known === code);
}

/** Seconds. */
const SHOWN_FOR = 60;

/** Only in an action or a route handler, which then redirects to a page with `?notice=…`. */
export async function leaveNotice(value: Notice): Promise<void> {
  await edit([{ name: cookieNames(env().https).notice, value, maxAge: SHOWN_FOR }]);
}

/** True if this has just happened in this browser. */
export async function hasJust(notice: Notice): Promise<boolean> {
  return (await cookies()).get(cookieNames(env().https).notice)?.value === notice;
}
