/** The cookies of a person's session and of their device. Scripts cannot read them, and only servers know what is in them. */

import "server-only";

import type { components } from "@/api/schema";

type Tokens = components["schemas"]["Tokens"];

/** As a visitor sent them: anything may stand in there. */
export interface SessionCookies {
  readonly access: string | undefined;
  readonly refresh: string | undefined;
}

export interface CookieEdit {
  readonly name: string;
  /** Empty where the cookie goes. */
  readonly value: string;
  readonly maxAge: number;
}

/** `__Host-` makes the browser insist on Secure, Path=/ and no Domain: no sibling host can plant one. */
export function cookieNames(https: boolean) {
  const prefix = https ? "__Host-" : "";
  return {
    access: `${prefix}postern`,
    refresh: `${prefix}postern-refresh`,
    device: `${prefix}postern-device`,
  } as const;
}

export function cookieOptions(https: boolean) {
  return { httpOnly: true, secure: https, sameSite: "lax", path: "/" } as const;
}

/** Browsers keep no cookie longer than 400 days. When the session ends is the API's to say. */
const LONG = 400 * 86_400;

/** The access token's cookie lives as long as the token in it. */
export function holding(tokens: Tokens, https: boolean): readonly CookieEdit[] {
  const { access, refresh } = cookieNames(https);
  return [
    { name: access, value: tokens.access_token, maxAge: tokens.expires_in },
    { name: refresh, value: tokens.refresh_token, maxAge: LONG },
  ];
}

/**
 * What the API gives a browser at each sign-in and change of password, to be shown at the next one. It lets nobody in,
 * but who shows it has attempts of their own, however many others guess at the account. So nothing ever clears it: not
 * signing out, after which it is needed, and not the end of an account, since it speaks for others that are used here,
 * too.
 */
export function remembering(device: string | null, https: boolean): readonly CookieEdit[] {
  const value = deviceTokenIn(device ?? undefined);
  return value ? [{ name: cookieNames(https).device, value, maxAge: LONG }] : [];
}

export function clearing(https: boolean, ...which: readonly (keyof SessionCookies)[]): readonly CookieEdit[] {
  const names = cookieNames(https);
  return which.map((cookie) => ({ name: names[cookie], value: "", maxAge: 0 }));
}

/** Browsers keep no larger cookie. */
const LARGEST = 4096;

/** Three parts of base64url, the first two of them JSON objects: `{"` is always `eyJ`. */
const JWT = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/;

/**
 * The access token in a cookie's value, if it can be one. What is cut off or made up counts as none, so that no page
 * offers a profile on its strength. Whether it is genuine is the API's to say.
 */
export function accessTokenIn(value: string | undefined): string | undefined {
  return value && value.length <= LARGEST && JWT.test(value) ? value : undefined;
}

/** The same for the refresh token, of which only the API knows what it means. */
export function refreshTokenIn(value: string | undefined): string | undefined {
  return value && value.length <= LARGEST && /^[\w-]{32,}$/.test(value) ? value : undefined;
}

/** What may stand in a header, in the length of a device token; anything else is not worth sending. */
export function deviceTokenIn(value: string | undefined): string | undefined {
  return value && /^[\w.+/=-]{1,512}$/.test(value) ? value : undefined;
}
