/** What an action returns to its form. It returns typed values, to fill the form again, but never a secret. */

export type FormState =
  | { readonly status: "idle" }
  | { readonly status: "saved"; readonly message: string }
  | Refused;

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
}

export const IDLE: FormState = { status: "idle" };
