"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/lib/action";
import { nextPath, signinPath } from "@/lib/next-path";
import { startSession } from "@/session/session";

export const signup = action(
  {
    name: {},
    email: { missing: "Enter your email address." },
    password: { missing: "Choose a password.", secret: true },
    next: {},
  },
  async (value) => {
    const client = await api();
    const [email, password, name] = [value("email"), value("password"), value("name")];
    const { error } = await client.POST("/auth/signup", { body: { email, password, name } });
    if (error) return refusal(error);

    const next = nextPath(value("next"));
    const { data } = await client.POST("/auth/signin", { body: { email, password } });
    // The account exists by now: a sign-in that fails on top of it is done by hand, on a page that says so.
    if (!data) redirect(signinPath(next, "account-created"));
    await startSession(data);
    redirect(next);
  },
);
