import type { Known } from "@/lib/passkey/signals";

/** What an action returns to its form. It returns typed values, to fill the form again, but never a secret. */

export type FormState = (
  | { readonly status: "idle" }
  | { readonly status: "saved"; readonly message: string }
  | Refused
) & { readonly once?: Once };

/** What the API has just made, to be shown once. */
export type Once =
  | { readonly kind: "app"; readonly secret: string; readonly link: string; readonly picture?: Picture }
  | { readonly kind: "codes"; readonly codes: readonly string[] }
  | { readonly kind: "passkey"; readonly options: string }
  | { readonly kind: "passkeys"; readonly known: Known };

/** A picture of dark squares: the length of its sides, and the path of an SVG. */
export interface Picture {
  readonly size: number;
  readonly path: string;
}

/** How a person confirms once more that it is them. `signin`: only by signing in again. */
export type ProofKind = "passkey" | "code" | "password" | "signin";

export interface Refused {
  readonly status: "refused";
  /** The error of the whole form; empty if the errors of the fields say everything. */
  readonly message: string;
  /** Seconds after which the form may be sent again, as the message says in words. 0 if there is no wait. */
  readonly wait: number;
  /** A sentence for each refused field, by field name. */
  readonly errors: Readonly<Record<string, string>>;
  /** What was typed, by field name, without secrets. */
  readonly values: Readonly<Record<string, string>>;
  /** True when the typed secret is wrong. Only then is its field emptied, to be typed again. */
  readonly wrongSecret: boolean;
  /** The form also has to confirm who the person is. */
  readonly prove?: ProofKind;
  /** Another way to confirm it, for a person whose passkey is not at hand. */
  readonly orElse?: ProofKind;
  /** The passkey that was used belongs to no account. */
  readonly unknownPasskey?: true;
}

export const IDLE: FormState = { status: "idle" };
