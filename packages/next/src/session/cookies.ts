/** The two cookies of a person's session. Scripts in the browser cannot read them. */

import "server-only";

/** The tokens as Postern answers them. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** The cookies as a visitor sent them: they may contain anything. */
export interface SessionCookies {
  readonly access: string | undefined;
  readonly refresh: string | undefined;
}

export interface CookieEdit {
  readonly name: string;
  /** Empty to remove the cookie. */
  readonly value: string;
  readonly maxAge: number;
}

/** With `__Host-` the browser requires Secure, Path=/ and no Domain, so a sibling host cannot set these cookies. */
export function cookieName(name: string, https: boolean): string {
  return `${https ? "__Host-" : ""}${name}`;
}

export function sessionCookieNames(https: boolean) {
  return { access: cookieName("postern", https), refresh: cookieName("postern-refresh", https) } as const;
}

export function cookieOptions(https: boolean) {
  return { httpOnly: true, secure: https, sameSite: "lax", path: "/" } as const;
}

/** Seconds. Browsers keep a cookie for at most 400 days. The API decides when the session ends. */
export const LONG = 400 * 86_400;

/** The cookie of the access token expires with the token. */
export function holding(tokens: Tokens, https: boolean): readonly CookieEdit[] {
  const { access, refresh } = sessionCookieNames(https);
  return [
    { name: access, value: tokens.access_token, maxAge: tokens.expires_in },
    { name: refresh, value: tokens.refresh_token, maxAge: LONG },
  ];
}

export function clearing(https: boolean, ...which: readonly (keyof SessionCookies)[]): readonly CookieEdit[] {
  const names = sessionCookieNames(https);
  return which.map((cookie) => ({ name: names[cookie], value: "", maxAge: 0 }));
}

/** Browsers do not store a larger cookie. */
const LARGEST = 4096;

/** Three parts of base64url, the first two of them JSON objects: `{"` is always `eyJ`. */
const JWT = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/;

/**
 * The access token in a cookie's value, if it has the form of one. A truncated or invented value counts as no token, so
 * that no page offers a profile because of it. Only the API can verify the token.
 */
export function accessTokenIn(value: string | undefined): string | undefined {
  return value && value.length <= LARGEST && JWT.test(value) ? value : undefined;
}

/** The same for the refresh token. Only the API can read it. */
export function refreshTokenIn(value: string | undefined): string | undefined {
  return value && value.length <= LARGEST && /^[\w-]{32,}$/.test(value) ? value : undefined;
}
