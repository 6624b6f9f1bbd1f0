/** The cookie that holds a person's session. Scripts cannot read it, and only this server knows its value. */

/** `__Host-` makes the browser insist on Secure, Path=/ and no Domain: no sibling host can plant one. */
export function sessionCookieName(https: boolean): string {
  return https ? "__Host-postern" : "postern";
}

export function sessionCookie(https: boolean, maxAge: number) {
  return {
    name: sessionCookieName(https),
    httpOnly: true,
    secure: https,
    sameSite: "lax",
    path: "/",
    maxAge,
  } as const;
}

/** Browsers keep no longer cookie. */
const LONGEST = 4096;

/** Three parts of base64url, the first two of them JSON objects: `{"` is always `eyJ`. */
const JWT = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/;

/**
 * The token in a cookie's value, if it can be one. What is cut off or made up counts as none, so that no page offers
 * a profile on its strength. Whether it is genuine and still valid is the API's to say, by its own clock.
 */
export function tokenIn(value: string | undefined): string | undefined {
  return value && value.length <= LONGEST && JWT.test(value) ? value : undefined;
}
