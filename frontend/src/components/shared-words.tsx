"use client";

import { createContext, type ReactNode, use } from "react";
import type { Words } from "@/words/words";

interface Shared {
  readonly language: string;
  /** What each form needs. */
  readonly form: Words["form"];
  /** Next gives nothing to its error page. */
  readonly error: Words["error"];
}

const Context = createContext<Shared | undefined>(undefined);

/** The words that client components of every page need. The server gives them, so no catalogue is in a script. */
export function SharedWords({ shared, children }: { shared: Shared; children: ReactNode }) {
  return <Context value={shared}>{children}</Context>;
}

export function useShared(): Shared {
  const shared = use(Context);
  if (!shared) throw new Error("The layout gives the words.");
  return shared;
}
