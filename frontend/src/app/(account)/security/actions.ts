"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { besidePassword } from "@/api/problems";
import { action } from "@/forms/action";
import { forgetSession, replacePassword } from "@/session/changes";
import { asUser } from "@/session/transport";
import { ALL_OTHERS, CONFIRMATION } from "./words";

const HERE = "/security";

export const endSessions = action({ session: {} }, async (value) => {
  const session = value("session");
  const all = session === ALL_OTHERS;
  const refused = await asUser(HERE, (client) =>
    all
      ? client.DELETE("/auth/sessions")
      : client.DELETE("/auth/sessions/{id}", { params: { path: { id: Number(session) } } }),
  );
  // Ended meanwhile, from somewhere else: that is what was asked for.
  if (refused && refused.code !== "not_found") return refused;
  refresh();
  return { saved: all ? "All other devices are signed out." : "That device is signed out." };
});

export const changePassword = action(
  {
    current_password: { missing: "Enter your current password.", secret: true },
    new_password: { missing: "Choose a new password.", secret: true },
  },
  async (value) => {
    const body = { current_password: value("current_password"), new_password: value("new_password") };
    const refused = await replacePassword(HERE, body);
    if (refused) return besidePassword(refused, "current_password");
    refresh();
    return { saved: "Your password is changed, and all other devices are signed out." };
  },
);

export const deleteAccount = action(
  {
    password: { missing: "Enter your password.", secret: true },
    confirmation: {
      missing: `Type “${CONFIRMATION}” to say that you mean it.`,
      wanted: CONFIRMATION,
    },
  },
  async (value) => {
    const body = { password: value("password") };
    const refused = await asUser(HERE, (client) => client.POST("/auth/profile/delete", { body }));
    if (refused) return besidePassword(refused, "password");
    await forgetSession();
    redirect("/?notice=account-deleted");
  },
);
