"use client";

import type { ReactNode } from "react";
import { useUser } from "./provider.tsx";

/** Shows its children only if somebody is signed in. It hides them, and protects nothing: guard where data is read. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  return useUser() ? children : null;
}

/** Shows its children only if nobody is signed in. */
export function SignedOut({ children }: { readonly children: ReactNode }) {
  return useUser() ? null : children;
}
