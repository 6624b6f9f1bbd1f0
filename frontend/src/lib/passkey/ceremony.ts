/** Asks the browser for a passkey, and says why there is none. */

import { answerOf, optionsIn } from "./json";

/** Browsers do not say more, so that a page cannot find out which passkeys a person has. */
export type Failure = "cancelled" | "expired" | "notHere" | "known" | "unsupported" | "aborted";

export type Outcome =
  | { readonly answer: string; readonly id: string; readonly rpId: string }
  | { readonly failure: Failure };

interface Asking {
  readonly signal?: AbortSignal;
  /** The browser offers passkeys in the list of a field, instead of a dialog. */
  readonly autofill?: boolean;
}

/** False also on a page without https, except on this machine. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === "function";
}

/** Whether the browser can offer passkeys in the list of a field. */
export async function hasAutofill(): Promise<boolean> {
  return hasPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;
}

/** Whether this device itself can keep a passkey, behind its PIN, a finger or a face. */
export async function hasOwnAuthenticator(): Promise<boolean> {
  return (
    hasPasskeys() && (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable?.()) === true
  );
}

export async function makePasskey(options: string, { signal }: Asking = {}): Promise<Outcome> {
  const publicKey = optionsIn(options);
  return outcomeOf(() => navigator.credentials.create({ publicKey, signal }), publicKey);
}

export async function askForPasskey(options: string, { signal, autofill }: Asking = {}): Promise<Outcome> {
  const publicKey = optionsIn(options);
  const mediation = autofill ? "conditional" : undefined;
  return outcomeOf(() => navigator.credentials.get({ publicKey, signal, mediation }), publicKey);
}

interface Of {
  readonly timeout?: number;
  readonly rpId?: string;
  readonly rp?: { readonly id?: string };
}

async function outcomeOf(ask: () => Promise<Credential | null>, of: Of): Promise<Outcome> {
  const began = performance.now();
  try {
    const credential = await ask();
    if (!isPasskey(credential)) return { failure: "cancelled" };
    return { answer: answerOf(credential), id: credential.id, rpId: of.rpId ?? of.rp?.id ?? "" };
  } catch (error) {
    return { failure: failureOf(error, performance.now() - began, of.timeout) };
  }
}

/** Browsers give one error for a person who said no and for a time that is over. The clock tells them apart. */
export function failureOf(error: unknown, took: number, timeout = Number.POSITIVE_INFINITY): Failure {
  switch (error instanceof Error || error instanceof DOMException ? error.name : "") {
    case "AbortError":
      return "aborted";
    case "InvalidStateError":
      return "known";
    case "SecurityError":
      return "notHere";
    case "NotSupportedError":
    case "ConstraintError":
    case "TypeError":
      return "unsupported";
    default:
      return took >= timeout ? "expired" : "cancelled";
  }
}

function isPasskey(credential: Credential | null): credential is PublicKeyCredential {
  return credential?.type === "public-key";
}
