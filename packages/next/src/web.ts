/**
 * For Postern's own web app, which is built on the same session layer. Nothing here is stable: other apps use
 * `createPostern`.
 */

import "server-only";

export { ASSETS, isPage, PAGES } from "./pages.ts";
export {
  type Api,
  type Bearer,
  fetchOrProblem,
  headersFor,
  isSignedOut,
  type Problem,
  type Refused,
  type Visitor,
} from "./session/api.ts";
export {
  type CookieEdit,
  clearing,
  cookieName,
  cookieOptions,
  holding,
  LONG,
  type Tokens,
} from "./session/cookies.ts";
export { edit, heldTokens } from "./session/jar.ts";
export { HOME, nextPath, SESSION_ENDED, signinPath, withNext } from "./session/path.ts";
export { bearerOf } from "./session/receipt.ts";
export { refresh } from "./session/refresh.ts";
export { renew, type Standing, tellBrowser, type Wiring } from "./session/renewal.ts";
export { type Attempted, withTokens } from "./session/retry.ts";
export { loadWhole } from "./whole.ts";
