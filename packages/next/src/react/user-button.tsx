"use client";

import { useUser } from "./provider.tsx";
import { SignOutButton } from "./sign-out-button.tsx";

interface UserButtonProps {
  readonly className?: string;
  /** The words of the menu, in the language of your app. */
  readonly words?: { readonly profile: string; readonly security: string; readonly signOut: string };
  /** The path of this host to load after signing out. */
  readonly next?: string;
}

const WORDS = { profile: "Profile", security: "Security", signOut: "Sign out" };

/** The person's name, with a menu that leads to Postern's pages. It has no style of its own, and opens without scripts. */
export function UserButton({ className, words = WORDS, next }: UserButtonProps) {
  const user = useUser();
  if (!user) return null;
  return (
    <details className={className}>
      <summary>{user.name || user.email}</summary>
      <ul>
        <li>
          <a href="/profile">{words.profile}</a>
        </li>
        <li>
          <a href="/security">{words.security}</a>
        </li>
        <li>
          <SignOutButton next={next}>{words.signOut}</SignOutButton>
        </li>
      </ul>
    </details>
  );
}
