/** The person who is signed in, for components in the browser. */

export type { User } from "../user.ts";
export { PosternProvider, useUser } from "./provider.tsx";
export { SignOutButton } from "./sign-out-button.tsx";
export { SignedIn, SignedOut } from "./signed.tsx";
export { UserButton } from "./user-button.tsx";
