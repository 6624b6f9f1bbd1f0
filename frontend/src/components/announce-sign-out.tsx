"use client";

import { announceSignOut } from "postern-auth/sign-out";
import { useEffect } from "react";

/** On the page that says that the person is signed out: the other tabs of this browser follow. */
export function AnnounceSignOut() {
  useEffect(announceSignOut, []);
  return null;
}
