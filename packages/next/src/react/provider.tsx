"use client";

import { createContext, type ReactNode, use, useEffect } from "react";
import { announceSignOut, onSignOut } from "../sign-out.ts";
import type { User } from "../user.ts";
import { hasSubmitted } from "./submitted.ts";

type Known = User | null;

const Context = createContext<Known | Promise<Known>>(null);

interface PosternProviderProps {
  /** `await postern.getUser()`, or the promise itself: then only what shows the person waits for it. */
  readonly user: Known | Promise<Known>;
  readonly children: ReactNode;
}

/**
 * Gives the person of the request to the components below. The server renders them with it, so nothing flashes. If the
 * person signs out in another tab, this page is loaded again.
 */
export function PosternProvider({ user, children }: PosternProviderProps) {
  useEffect(() => {
    // Before it listens: this page itself has to hear nothing.
    if (hasSubmitted()) announceSignOut();
    return onSignOut(() => location.reload());
  }, []);
  return <Context value={user}>{children}</Context>;
}

/** The person who is signed in, or null. */
export function useUser(): Known {
  const known = use(Context);
  return known && "then" in known ? use(known) : known;
}
