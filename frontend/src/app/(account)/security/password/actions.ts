"use server";

import { refresh } from "next/cache";
import { besidePassword } from "@/api/problems";
import { action } from "@/forms/action";
import { replacePassword } from "@/session/changes";
import { HERE } from "../path";

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
