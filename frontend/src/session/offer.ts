/** The offer of a passkey after a sign-in with a password: at most once a month, and never again if it was refused. */

import "server-only";

import { cookies } from "next/headers";
import { LONG } from "postern-auth/web";
import { env } from "@/env";
import { cookieNames } from "./cookies";
import { edit } from "./jar";

/** Seconds. */
const MONTH = 30 * 24 * 60 * 60;

/** False if this browser has had the offer. */
export async function mayBeOffered(): Promise<boolean> {
  return !(await cookies()).has(cookieNames(env().https).offer);
}

/** Only in an action. `forGood`: the person does not want to be asked again in this browser. */
export async function rememberOffer(forGood: boolean): Promise<void> {
  const { https } = env();
  await edit([{ name: cookieNames(https).offer, value: "had", maxAge: forGood ? LONG : MONTH }]);
}

/** The page of the offer, which then leads to `next`. */
export function offerPath(next: string): string {
  return `/signin/passkey?next=${encodeURIComponent(next)}`;
}
