/**
 * WebAuthn's JSON forms (Level 3, section 5.1). The same code for every browser: some lack the functions of the standard,
 * and password managers that make passkeys themselves give objects without `toJSON`.
 */

/** The options for `navigator.credentials`, from the JSON of the API. */
export function optionsIn(text: string) {
  return JSON.parse(text, function (this: object, key, value) {
    const isBytes = key === "challenge" || (key === "id" && ("type" in this || "displayName" in this));
    return isBytes && typeof value === "string" ? bytesIn(value) : value;
  });
}

/** What the API reads: `RegistrationResponseJSON` or `AuthenticationResponseJSON`. */
export function answerOf({ id, type, response, authenticatorAttachment }: PublicKeyCredential): string {
  const common = { clientDataJSON: base64url(response.clientDataJSON) };
  return JSON.stringify({
    id,
    rawId: id,
    type,
    authenticatorAttachment,
    clientExtensionResults: {},
    response: isOfNew(response)
      ? {
          ...common,
          attestationObject: base64url(response.attestationObject),
          transports: response.getTransports?.() ?? [],
        }
      : isOfKnown(response) && {
          ...common,
          authenticatorData: base64url(response.authenticatorData),
          signature: base64url(response.signature),
          ...(response.userHandle && { userHandle: base64url(response.userHandle) }),
        },
  });
}

function isOfNew(response: AuthenticatorResponse): response is AuthenticatorAttestationResponse {
  return "attestationObject" in response;
}

function isOfKnown(response: AuthenticatorResponse): response is AuthenticatorAssertionResponse {
  return "signature" in response;
}

function bytesIn(text: string): Uint8Array {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function base64url(buffer: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
