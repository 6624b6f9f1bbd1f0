/** Where to go after signing in, as the address bar said it: untrusted, so only a path of this origin passes. */

const HERE = "http://here.invalid";
export const HOME = "/profile";

/** The path to continue at, or /profile for anything that could lead to another origin. */
export function nextPath(value: unknown): string {
  if (typeof value !== "string" || !isPlainPath(value)) return HOME;
  const url = new URL(value, HERE);
  const path = url.pathname + url.search + url.hash;
  // Dot segments may leave a path that begins with two slashes: "/.//evil.example".
  if (url.origin !== HERE || !isPlainPath(path)) return HOME;
  // Back to a form that one has just left would be a circle.
  return /^\/(signin|signup)(?![\w-])/.test(path) ? HOME : path;
}

/** One slash, then neither a second one nor a backslash; browsers drop controls and read "\" as "/". */
function isPlainPath(value: string): boolean {
  return /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(value) && URL.canParse(value, HERE);
}

/** The notice for those whose session has ended while they were away. */
export const SESSION_ENDED = "session-ended";

/** Where a guard sends people. */
export function signinPath(next: string, notice?: string): string {
  return `/signin?next=${encodeURIComponent(next)}${notice ? `&notice=${notice}` : ""}`;
}

/** A link from one form to the other that keeps where the person was going. */
export function withNext(path: "/signin" | "/signup", next: string): string {
  return next === HOME ? path : `${path}?next=${encodeURIComponent(next)}`;
}
