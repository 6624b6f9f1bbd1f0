"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { endSession } from "@/session/changes";
import { dropLink, heldLink } from "@/session/mailed";
import { leaveNotice } from "@/session/notice";

export const resetPassword = action(
  { email: {}, new_password: { missing: ({ changePassword }) => changePassword.missingNew, secret: true } },
  async (value) => {
    const token = await heldLink("reset-password");
    if (!token) return refusal({ code: "link_invalid" });
    const { error, response } = await (await api()).POST("/auth/password/reset", {
      body: { token, new_password: value("new_password") },
    });
    if (error) return refusal(error, response);
    await dropLink("reset-password");
    await endSession();
    await leaveNotice("password-reset");
    redirect("/signin?notice=password-reset");
  },
);
