/**
 * The cookies of this web app: of the device, of mails, and of what has just happened. Scripts in the browser cannot read
 * them. The two cookies of the session itself belong to `postern-auth`.
 */

import "server-only";

import { type CookieEdit, cookieName, LONG } from "postern-auth/web";

/** The pages that links in mails open with a token. */
export const LINK_PAGES = [
  "verify-email",
  "reset-password",
  "confirm-email",
  "undo-email",
  "magic-link",
  "stop-factor-reset",
] as const;

export type LinkPage = (typeof LINK_PAGES)[number];

export function cookieNames(https: boolean) {
  return {
    device: cookieName("postern-device", https),
    notice: cookieName("postern-notice", https),
    attempt: cookieName("postern-attempt", https),
    secondStep: cookieName("postern-second-step", https),
    passkeyOptions: cookieName("postern-passkey-options", https),
    offer: cookieName("postern-passkey-offer", https),
    address: cookieName("postern-address", https),
  } as const;
}

/** The cookie of one page: links of several mails may be open at once. */
export function linkCookie(page: LinkPage, https: boolean): string {
  return cookieName(`postern-${page}`, https);
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

/** A sign-in whose first proof was right: the attempt of the API, and the factors that finish it. */
export interface SecondStep {
  readonly attempt: string;
  readonly factors: readonly string[];
  /** If the account has no factor and the service requires one: those that can be added. */
  readonly enrol: readonly string[];
  /** How many codes the API has refused. */
  readonly refused?: number;
}

/** The API takes no more codes for one attempt. */
export const MOST_CODES = 5;

/** Seconds. The API accepts an attempt for five minutes. Afterwards the page can still say that it has expired. */
const SECOND_STEP = 10 * 60;

export function keepingSecondStep(step: SecondStep | undefined, https: boolean): CookieEdit {
  const value = step
    ? [step.attempt, step.refused ?? 0, step.factors.join("-"), step.enrol.join("-")].join(".")
    : "";
  return { name: cookieNames(https).secondStep, value, maxAge: value ? SECOND_STEP : 0 };
}

/** Characters. Browsers drop a cookie of more than 4096 bytes. */
const LONGEST_OPTIONS = 3_500;

/**
 * What the browser needs to ask for a passkey in the second step. It has to stay as long as its attempt. Without the list
 * of the account's passkeys, which may be long, the browser offers all that it has for this website.
 */
export function keepingPasskeyOptions(options: object | undefined, https: boolean): CookieEdit {
  const whole = options ? encoded(options) : "";
  const value = whole.length > LONGEST_OPTIONS ? encoded({ ...options, allowCredentials: [] }) : whole;
  return { name: cookieNames(https).passkeyOptions, value, maxAge: value ? SECOND_STEP : 0 };
}

function encoded(options: object): string {
  return Buffer.from(JSON.stringify(options)).toString("base64url");
}

/** The options in a cookie's value as JSON, if it has the form of some. */
export function passkeyOptionsIn(value: string | undefined): string | undefined {
  if (!value || !/^[\w-]{1,4000}$/.test(value)) return;
  const text = Buffer.from(value, "base64url").toString();
  try {
    const options: unknown = JSON.parse(text);
    return typeof options === "object" && options && "challenge" in options ? text : undefined;
  } catch {
    return;
  }
}

/** The sign-in in a cookie's value, if it has the form of one. */
export function secondStepIn(value: string | undefined): SecondStep | undefined {
  if (!value || !/^[\w-]{1,100}\.\d\.[\w-]{0,100}\.[\w-]{0,100}$/.test(value)) return;
  const [attempt = "", refused, ...lists] = value.split(".");
  const [factors = [], enrol = []] = lists.map((list) => list.split("-").filter(Boolean));
  return { attempt, factors, enrol, refused: Number(refused) };
}

/** An address that was typed in one form, for the next one. */
export function keepingAddress(address: string, https: boolean): CookieEdit {
  const value = address.length <= LONGEST_ADDRESS ? address : "";
  return { name: cookieNames(https).address, value, maxAge: value ? SOON : 0 };
}

const LONGEST_ADDRESS = 320;

/** The device token in a cookie's value, if a header may contain it and its length is right. */
export function deviceTokenIn(value: string | undefined): string | undefined {
  return value && /^[\w.+/=-]{1,512}$/.test(value) ? value : undefined;
}

/** The token of a link or of an attempt, if it has the form of one. */
export function mailedTokenIn(value: string | undefined): string | undefined {
  return value && /^[\w-]{1,100}$/.test(value) ? value : undefined;
}
