import type { Asked } from "./asked";

/**
 * What the browser needs to ask for a passkey that signs in. Undefined if there is no answer. Not by an action: those wait
 * for each other, and no form must wait for this.
 */
export async function optionsToSignIn(signal?: AbortSignal): Promise<Asked | undefined> {
  const answer = await fetch("/signin/passkey/options", { method: "POST", signal });
  return answer.ok ? answer.json() : undefined;
}
