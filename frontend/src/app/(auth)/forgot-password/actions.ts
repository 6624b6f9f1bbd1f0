"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { keepAddress } from "@/session/mailed";
import { leaveNotice } from "@/session/notice";

export const forget = action({ email: { missing: ({ signin }) => signin.missingEmail } }, async (value) => {
  const email = value("email");
  const { error, response } = await (await api()).POST("/auth/password/forgot", { body: { email } });
  if (error) return refusal(error, response);
  await keepAddress(email);
  await leaveNotice("mail-sent");
  redirect("/forgot-password?notice=mail-sent");
});
