"use client";

import Link from "next/link";
import { SignedIn, SignedOut, SignOutButton, UserButton, useUser } from "postern-auth/react";

export function Head() {
  const user = useUser();
  return (
    <header>
      <SignedIn>
        <p id="who">Signed in as {user?.email}</p>
        <UserButton />
        <SignOutButton next={`${process.env.BASE}/other`}>Leave</SignOutButton>
      </SignedIn>
      <SignedOut>
        <p id="who">Nobody is signed in</p>
        <Link href="/signin">Sign in</Link>
      </SignedOut>
      <nav>
        <Link href="/account">Account</Link> <Link href="/account/cached">Cached</Link>
      </nav>
    </header>
  );
}
