/** Shows a password manager which account the password of a form belongs to. */
export function UsernameField({ email }: { email: string }) {
  return <input type="text" name="username" autoComplete="username" defaultValue={email} readOnly hidden />;
}
