/** Where to go after signing in, as `postern-auth` decides it for every app. */
export { HOME, nextPath, SESSION_ENDED, signinPath, withNext } from "postern-auth/web";
