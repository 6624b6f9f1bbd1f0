"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/lib/action";
import { nextPath } from "@/lib/next-path";
import { startSession } from "@/session/session";

export const signin = action(
  {
    email: { missing: "Enter your email address." },
    password: { missing: "Enter your password.", secret: true },
    next: {},
  },
  async (value) => {
    const { data, error } = await (await api()).POST("/auth/signin", {
      body: { email: value("email"), password: value("password") },
    });
    if (!data) return refusal(error);
    await startSession(data);
    redirect(nextPath(value("next")));
  },
);
