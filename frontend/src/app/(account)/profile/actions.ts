"use server";

import { refresh } from "next/cache";
import { action } from "@/forms/action";
import { asUser } from "@/session/transport";

export const updateName = action({ name: {} }, async (value, { profile }) => {
  const name = value("name");
  const refused = await asUser("/profile", (client) => client.PATCH("/auth/profile", { body: { name } }));
  if (refused) return refused;
  refresh();
  return { saved: name ? profile.nameSaved : profile.nameRemoved };
});
