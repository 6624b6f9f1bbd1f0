"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/lib/action";
import { signinPath } from "@/lib/next-path";
import { requireUser } from "@/session/session";

export const updateName = action({ name: {} }, async (value) => {
  const viewer = await requireUser("/profile");
  if (viewer.status === "unavailable") return viewer.refusal;

  const client = await api(viewer.accessToken);
  const { data, error } = await client.PATCH("/auth/profile", { body: { name: value("name") } });
  if (!data) {
    const refused = refusal(error);
    if (refused.signedOut) redirect(signinPath("/profile"));
    return refused;
  }
  refresh();
  return { saved: data.name ? "Your name is saved." : "Your name is removed." };
});
