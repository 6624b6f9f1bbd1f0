/** What browsers need to ask for passkeys, and what they answer. */

import "server-only";

import { api } from "@/api/client";
import { type Refusal, refusal, sentenceOf } from "@/api/problems";
import type { components } from "@/api/schema";
import type { Asked } from "@/lib/passkey/asked";
import type { Known } from "@/lib/passkey/signals";
import { getSpoken } from "@/words/spoken";
import { asUser } from "./transport";

type Assertion = components["schemas"]["Assertion"];
type Attestation = components["schemas"]["Attestation"];

/** Characters. What browsers send is shorter. */
const LONGEST = 30_000;

/** The answer of a passkey in a field of a form. The API checks it. Undefined if it is none. */
export function answerIn(text: string): (Assertion & Attestation) | undefined {
  if (text === "" || text.length > LONGEST) return;
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}

export async function optionsToSignIn(): Promise<Asked> {
  const { data, error, response } = await (await api()).POST("/auth/passkeys/signin/options");
  return data ? { options: JSON.stringify(data) } : { message: await said(refusal(error, response)) };
}

/** Only in an action: as `asUser`. */
export async function optionsToProve(path: string): Promise<Asked> {
  let options = "";
  const refused = await asUser(path, async (client) => {
    const answer = await client.POST("/auth/passkeys/reauthenticate/options");
    if (answer.data) options = JSON.stringify(answer.data);
    return answer;
  });
  return refused ? { message: await said(refused) } : { options };
}

/** Only in an action: as `asUser`. */
export async function optionsToAdd(path: string): Promise<Refusal | string> {
  let options = "";
  const refused = await asUser(path, async (client) => {
    const answer = await client.POST("/auth/passkeys/options");
    if (answer.data) options = JSON.stringify(answer.data);
    return answer;
  });
  return refused ?? options;
}

/** What the options for a new passkey say about the account. The API excludes all passkeys that it knows. */
export function knownIn(options: string): Known {
  const { rp, user, excludeCredentials } = JSON.parse(options);
  return {
    rpId: rp.id,
    userId: user.id,
    name: user.name,
    displayName: user.displayName,
    credentialIds: (excludeCredentials ?? []).map(({ id }: { readonly id: string }) => id),
  };
}

async function said(refused: Refusal): Promise<string> {
  return sentenceOf(refused, await getSpoken());
}
