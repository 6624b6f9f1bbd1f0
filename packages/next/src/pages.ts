/** What of Postern's web app is shown on another app's host. */

/** The first part of the address of each page and form. */
export const PAGES = [
  "confirm-email",
  "forgot-password",
  "language",
  "magic-link",
  "profile",
  "reauthenticate",
  "reset-password",
  "security",
  "signin",
  "signout",
  "signup",
  "stop-factor-reset",
  "undo-email",
  "verify-email",
] as const;

/** The `assetPrefix` of the web app, so that its files do not meet those of the other app under /_next. */
export const ASSETS = "/_postern";

/** Password managers look here for the page to change a password. */
export const CHANGE_PASSWORD = "/.well-known/change-password";

const PAGE = new RegExp(`^/(${PAGES.join("|")})(/|$)`);

export function isPage(pathname: string): boolean {
  return PAGE.test(pathname);
}

/** The logo of the service, which the web app serves under a digest of it. */
const LOGO = /^\/brand\/[0-9a-f]{16}\.(png|svg)$/;

export function isFile(pathname: string): boolean {
  return pathname.startsWith(`${ASSETS}/`) || pathname === CHANGE_PASSWORD || LOGO.test(pathname);
}
