/**
 * The policy of every page. Only scripts with the nonce run. Development adds what Next's dev server needs.
 *
 * It has no `upgrade-insecure-requests`: on https, 'self' allows https only. If somebody opens a page over http, that would
 * send its scripts and forms to an https address where nothing may answer, and the page could not say what is wrong.
 */

/** For a mail in the mailbox of development: no script and no form, and its own styles. */
export const POLICY_OF_MAIL =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; sandbox allow-top-navigation";

/** For a logo: an SVG that is opened by itself can neither run scripts nor load anything. */
export const POLICY_OF_LOGO =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

export interface PolicyOptions {
  readonly nonce: string;
  readonly development: boolean;
}

export function contentSecurityPolicy({ nonce, development }: PolicyOptions): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    `img-src 'self'${development ? " data: blob:" : ""}`,
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
