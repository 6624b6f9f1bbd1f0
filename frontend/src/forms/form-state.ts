/** What an action answers to its form. Typed values come back for refilling, a secret never does. */

export type FormState =
  | { readonly status: "idle" }
  | { readonly status: "saved"; readonly message: string }
  | Refused;

export interface Refused {
  readonly status: "refused";
  /** What is wrong with the whole; empty where the fields say it all. */
  readonly message: string;
  /** Sentences by field name. */
  readonly errors: Readonly<Record<string, string>>;
  /** What was typed, by field name, without secrets. */
  readonly values: Readonly<Record<string, string>>;
  /** True when a secret that was typed is wrong: only then is it emptied, to be typed anew. */
  readonly wrongSecret: boolean;
}

export const IDLE: FormState = { status: "idle" };
