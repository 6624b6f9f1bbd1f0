"use client";

import { useEffect } from "react";
import { announceSignOut } from "./sign-out-channel";

/** On the page that says that the person is signed out: the other tabs of this browser follow. */
export function AnnounceSignOut() {
  useEffect(announceSignOut, []);
  return null;
}
