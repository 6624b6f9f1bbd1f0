"use server";

import { nextPath } from "@/lib/next-path";
import type { Asked } from "@/lib/passkey/asked";
import { optionsToProve } from "@/session/passkeys";

/** What the browser needs to ask for a passkey of the person who is signed in. `path`: the page of the form. */
export async function askForProof(path: string): Promise<Asked> {
  return optionsToProve(nextPath(path));
}
