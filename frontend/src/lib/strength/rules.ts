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

/** Why the service would refuse this password because of its length, if it would. */
export function lengthFault(
  password: string,
  { minLength, maxLength }: Pick<PasswordRules, "minLength" | "maxLength">,
): string | undefined {
  // Counted as the service counts: code points of the normal form.
  const missing = minLength - [...password.normalize("NFKC")].length;
  if (missing > 0) return missing === 1 ? "1 more character needed" : `${missing} more characters needed`;
  if ([...password].length > maxLength) return `Longer than ${maxLength} characters`;
}
