/** Where to go after signing in. The value comes from the address bar, so only a path of this origin is accepted. */

const HERE = "http://here.invalid";
export const HOME = "/profile";

/** The path to continue at, or /profile for anything that could lead to another origin. */
export function nextPath(value: unknown): string {
  if (typeof value !== "string" || !isPlainPath(value)) return HOME;
  const url = new URL(value, HERE);
  const path = url.pathname + url.search + url.hash;
  // Dot segments may leave a path that begins with two slashes: "/.//evil.example".
  if (url.origin !== HERE || !isPlainPath(path)) return HOME;
  // Returning to the form that the person has just left would be a loop, and nobody signs in to sign out.
  return /^\/(signin|signup|signout|magic-link)(?![\w-])/.test(path) ? HOME : path;
}

/** One slash, then neither a second one nor a backslash; browsers drop controls and read "\" as "/". */
function isPlainPath(value: string): boolean {
  return /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(value) && URL.canParse(value, HERE);
}

/** The notice for people whose session has ended. */
export const SESSION_ENDED = "session-ended" as const;

/** The address to which a guard redirects. */
export function signinPath(next: string, notice?: string): string {
  return `/signin?next=${encodeURIComponent(next)}${notice ? `&notice=${notice}` : ""}`;
}

/** A link from one form to the other that keeps the page to return to. */
export function withNext(path: "/signin" | "/signup" | "/magic-link", next: string): string {
  return next === HOME ? path : `${path}?next=${encodeURIComponent(next)}`;
}
