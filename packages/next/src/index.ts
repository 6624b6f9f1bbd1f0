/** Sign-in for a Next.js app, by a Postern that you host yourself. */

import "server-only";

export { createPostern, type Postern } from "./postern.ts";
export type { PosternProxy, ProxyOptions } from "./proxy.ts";
export { PosternUnavailable } from "./refusal.ts";
export type { Handler, RouteOptions } from "./route.ts";
export { InvalidSettings, type PosternOptions } from "./settings.ts";
export type { User } from "./user.ts";
export type { Session } from "./verify.ts";
