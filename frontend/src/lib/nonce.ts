/** The nonce of a content security policy, for what this server itself writes into the page. */
export function nonceOf(policy: string): string {
  return policy.match(/'nonce-([^']+)'/)?.[1] ?? "";
}
