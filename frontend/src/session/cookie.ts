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

/** The token in a cookie's value, if it can be one. Visitors send what they like, and a header cannot carry all of it. */
export function tokenIn(value: string | undefined): string | undefined {
  return value && value.length <= LONGEST && /^[\w.-]+$/.test(value) ? value : undefined;
}
