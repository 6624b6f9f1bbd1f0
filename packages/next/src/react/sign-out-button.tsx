"use client";

import type { ReactNode } from "react";
import { markSubmitted } from "./submitted.ts";

interface SignOutButtonProps {
  /** The path of this host to load afterwards. Without it, Postern's page says that the person is signed out. */
  readonly next?: string;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** A plain form, so it works without scripts, and a new document is loaded: nothing of the account stays in the page. */
export function SignOutButton({ next, className, children = "Sign out" }: SignOutButtonProps) {
  return (
    <form action="/signout" method="post" onSubmit={markSubmitted}>
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <button type="submit" className={className}>
        {children}
      </button>
    </form>
  );
}
