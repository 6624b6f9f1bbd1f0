/** The cookies of a person's session, of their device, of mails, and of what has just happened. Scripts in the browser cannot read them. */

import "server-only";

import type { components } from "@/api/schema";

type Tokens = components["schemas"]["Tokens"];

/** The cookies as a visitor sent them: they may contain anything. */
export interface SessionCookies {
  readonly access: string | undefined;
  readonly refresh: string | undefined;
}

/** The pages that links in mails open with a token. */
export const LINK_PAGES = [
  "verify-email",
  "reset-password",
  "confirm-email",
  "undo-email",
  "magic-link",
] as const;

export type LinkPage = (typeof LINK_PAGES)[number];

export interface CookieEdit {
  readonly name: string;
  /** Empty to remove the cookie. */
  readonly value: string;
  readonly maxAge: number;
}

/** With `__Host-` the browser requires Secure, Path=/ and no Domain, so a sibling host cannot set these cookies. */
export function cookieNames(https: boolean) {
  const prefix = https ? "__Host-" : "";
  return {
    access: `${prefix}postern`,
    refresh: `${prefix}postern-refresh`,
    device: `${prefix}postern-device`,
    notice: `${prefix}postern-notice`,
    attempt: `${prefix}postern-attempt`,
    address: `${prefix}postern-address`,
  } as const;
}

/** The cookie of one page: links of several mails may be open at once. */
export function linkCookie(page: LinkPage, https: boolean): string {
  return `${https ? "__Host-" : ""}postern-${page}`;
}

export function cookieOptions(https: boolean) {
  return { httpOnly: true, secure: https, sameSite: "lax", path: "/" } as const;
}

/** Browsers keep a cookie for at most 400 days. The API decides when the session ends. */
export const LONG = 400 * 86_400;

/** The cookie of the access token expires with the token. */
export function holding(tokens: Tokens, https: boolean): readonly CookieEdit[] {
  const { access, refresh } = cookieNames(https);
  return [
    { name: access, value: tokens.access_token, maxAge: tokens.expires_in },
    { name: refresh, value: tokens.refresh_token, maxAge: LONG },
  ];
}

/**
 * The API gives a browser a device token at each sign-in and change of password. The browser sends it at the next
 * sign-in. It does not replace the password, but it gives this browser its own limit while others guess at the account.
 * So it is never removed: after signing out it is needed, and after deleting an account it still serves other accounts.
 */
export function remembering(device: string | null, https: boolean): readonly CookieEdit[] {
  const value = deviceTokenIn(device ?? undefined);
  return value ? [{ name: cookieNames(https).device, value, maxAge: LONG }] : [];
}

/** Seconds, for what a browser keeps only until the next form is sent. */
const SOON = 30 * 60;

/** The token of a link. It stays here and not in the address, where others could see it. Anything else removes it. */
export function keepingLink(page: LinkPage, token: string | null, https: boolean): CookieEdit {
  const value = mailedTokenIn(token ?? undefined) ?? "";
  return { name: linkCookie(page, https), value, maxAge: value ? SOON : 0 };
}

/** Belongs to the link and the code of a mail: only the browser that asked for the mail has it. */
export function keepingAttempt(attempt: string, https: boolean): CookieEdit {
  return { name: cookieNames(https).attempt, value: attempt, maxAge: attempt ? SOON : 0 };
}

/** An address that was typed in one form, for the next one. */
export function keepingAddress(address: string, https: boolean): CookieEdit {
  const value = address.length <= LONGEST_ADDRESS ? address : "";
  return { name: cookieNames(https).address, value, maxAge: value ? SOON : 0 };
}

const LONGEST_ADDRESS = 320;

export function clearing(https: boolean, ...which: readonly (keyof SessionCookies)[]): readonly CookieEdit[] {
  const names = cookieNames(https);
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

/** The device token in a cookie's value, if a header may contain it and its length is right. */
export function deviceTokenIn(value: string | undefined): string | undefined {
  return value && /^[\w.+/=-]{1,512}$/.test(value) ? value : undefined;
}

/** The token of a link or of an attempt, if it has the form of one. */
export function mailedTokenIn(value: string | undefined): string | undefined {
  return value && /^[\w-]{1,100}$/.test(value) ? value : undefined;
}
