/** Where to go after signing in, as `postern-auth` decides it for every app. */
export { HOME, nextPath, SESSION_ENDED, signinPath, withNext } from "postern-auth/web";

/** The notice for people whose attempt to sign in no longer counts. */
export const SIGNIN_EXPIRED = "signin-expired" as const;

/** The second step of a sign-in, which then leads to `next`. */
export function secondStepPath(next: string): string {
  return `/signin/code?next=${encodeURIComponent(next)}`;
}
