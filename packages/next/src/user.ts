/** The person of a request, with what Postern knows about them. Nothing in it is a secret: it may go to the browser. */

import type { Session } from "./verify.ts";

export interface User extends Session {
  readonly email: string;
  readonly name: string | null;
  readonly emailVerified: boolean;
}
