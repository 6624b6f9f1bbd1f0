/** The service's rules for a new password, checked in the browser. */

export interface PasswordRules {
  readonly minLength: number;
  readonly maxLength: number;
  /** The name of the app. A password that consists of it is weak. */
  readonly appName: string;
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
