/** What the service asks of a new password, found without it. */

export interface PasswordRules {
  readonly minLength: number;
  readonly maxLength: number;
  /** The app that the password is for: its name is no good password. */
  readonly appName: string;
}

/** Why the service would refuse this password for its length alone, if it would. */
export function lengthFault(
  password: string,
  { minLength, maxLength }: Pick<PasswordRules, "minLength" | "maxLength">,
): string | undefined {
  // Counted as the service counts: code points of the normal form.
  const missing = minLength - [...password.normalize("NFKC")].length;
  if (missing > 0) return missing === 1 ? "1 more character needed" : `${missing} more characters needed`;
  if ([...password].length > maxLength) return `Longer than ${maxLength} characters`;
}
