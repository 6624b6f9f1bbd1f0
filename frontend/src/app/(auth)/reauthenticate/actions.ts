"use server";

import { redirect } from "next/navigation";
import { besidePassword } from "@/api/problems";
import { action } from "@/forms/action";
import { nextPath } from "@/lib/next-path";
import { proveAgain } from "@/session/changes";
import { here } from "./path";

export const reauthenticate = action(
  { password: { missing: ({ reauthenticate: words }) => words.missing, secret: true }, next: {} },
  async (value) => {
    const next = nextPath(value("next"));
    const refused = await proveAgain(here(next), value("password"));
    if (refused) return besidePassword(refused, "password");
    redirect(next);
  },
);
