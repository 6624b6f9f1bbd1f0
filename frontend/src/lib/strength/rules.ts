/** The service's rules for a new password, checked in the browser. */

export interface PasswordRules {
  readonly minLength: number;
  readonly maxLength: number;
  /** The fewest guesses that a password must take. */
  readonly minGuesses: number;
  /** The name of the app, and the host of its address. A password that consists of these is refused. */
  readonly appName: string;
  readonly host: string;
}

/** How many characters are missing, or how many are allowed. */
export interface LengthFault {
  readonly fault: "missing" | "tooLong";
  readonly count: number;
}

/** Why the service would refuse this password because of its length, if it would. */
export function lengthFault(
  password: string,
  { minLength, maxLength }: Pick<PasswordRules, "minLength" | "maxLength">,
): LengthFault | undefined {
  // Counted as the service counts: code points of the normal form.
  const missing = minLength - [...password.normalize("NFKC")].length;
  if (missing > 0) return { fault: "missing", count: missing };
  if ([...password].length > maxLength) return { fault: "tooLong", count: maxLength };
}
