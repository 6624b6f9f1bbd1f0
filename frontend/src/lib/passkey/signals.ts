/** Says to the password manager which passkeys count, where it listens (WebAuthn Level 3, section 5.1.10). */

/** An account, as the options for a new passkey name it. */
export interface Known {
  readonly rpId: string;
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
  readonly credentialIds: readonly string[];
}

interface Signals {
  signalUnknownCredential?(of: { rpId: string; credentialId: string }): Promise<void>;
  signalAllAcceptedCredentials?(of: {
    rpId: string;
    userId: string;
    allAcceptedCredentialIds: readonly string[];
  }): Promise<void>;
  signalCurrentUserDetails?(of: {
    rpId: string;
    userId: string;
    name: string;
    displayName: string;
  }): Promise<void>;
}

/** The service does not know this passkey, so nobody should be offered it again. */
export async function signalUnknown(rpId: string, credentialId: string): Promise<void> {
  await quietly((signals) => signals.signalUnknownCredential?.({ rpId, credentialId }));
}

/** These passkeys of the account count, and no others. */
export async function signalKnown({ rpId, userId, credentialIds, name, displayName }: Known): Promise<void> {
  await quietly((signals) =>
    signals.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds: credentialIds }),
  );
  await quietly((signals) => signals.signalCurrentUserDetails?.({ rpId, userId, name, displayName }));
}

/** Nothing depends on it: where it fails, the password manager keeps what it has. */
async function quietly(signal: (signals: Signals) => Promise<void> | undefined): Promise<void> {
  if (typeof PublicKeyCredential !== "function") return;
  const signals: Signals = PublicKeyCredential;
  try {
    await signal(signals);
  } catch {
    // The browser refuses signals here, or none of its passkeys fits.
  }
}
