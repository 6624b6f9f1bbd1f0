"use server";

import { redirect } from "next/navigation";
import { action } from "@/forms/action";
import { nextPath } from "@/lib/next-path";
import { startSession } from "@/session/changes";

export const signin = action(
  {
    email: { missing: "Enter your email address." },
    password: { missing: "Enter your password.", secret: true },
    next: {},
  },
  async (value) => {
    const refused = await startSession({ email: value("email"), password: value("password") });
    if (refused) return refused;
    redirect(nextPath(value("next")));
  },
);
