"use server";

import { refresh } from "next/cache";
import { besidePassword } from "@/api/problems";
import { action } from "@/forms/action";
import { replacePassword } from "@/session/changes";
import { HERE } from "../path";

export const changePassword = action(
  {
    current_password: { missing: ({ changePassword }) => changePassword.missingCurrent, secret: true },
    new_password: { missing: ({ changePassword }) => changePassword.missingNew, secret: true },
  },
  async (value, words) => {
    const body = { current_password: value("current_password"), new_password: value("new_password") };
    const refused = await replacePassword(HERE, body);
    if (refused) return besidePassword(refused, "current_password");
    refresh();
    return { saved: words.changePassword.changed };
  },
);
