/** Where to go after signing in, as `postern-auth` decides it for every app. */
export { HOME, nextPath, SESSION_ENDED, signinPath, withNext } from "postern-auth/web";

/** The notice for people whose attempt to sign in no longer counts. */
export const SIGNIN_EXPIRED = "signin-expired" as const;

/** Where a person adds the second step that the service requires, while signing in. */
export function enrolPath(next: string): string {
  return `/signin/enrol?next=${encodeURIComponent(next)}`;
}

/** Where they make recovery codes after that. */
export function newCodesPath(next: string): string {
  return `/signin/recovery-codes?next=${encodeURIComponent(next)}`;
}

/** The second step of a sign-in, which then leads to `next`. */
export function secondStepPath(next: string): string {
  return `/signin/code?next=${encodeURIComponent(next)}`;
}
