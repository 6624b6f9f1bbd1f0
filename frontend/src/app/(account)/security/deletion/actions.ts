"use server";

import { redirect } from "next/navigation";
import { besidePassword } from "@/api/problems";
import { env } from "@/env";
import { action } from "@/forms/action";
import { forgetSession } from "@/session/changes";
import { leaveNotice } from "@/session/notice";
import { asUser } from "@/session/transport";
import { HERE } from "../path";
import { CONFIRMATION } from "./words";

export const deleteAccount = action(
  {
    password: { missing: "Enter your password.", secret: true },
    confirmation: {
      missing: `To confirm, type “${CONFIRMATION}” here.`,
      wanted: CONFIRMATION,
    },
  },
  async (value) => {
    const body = { password: value("password") };
    const refused = await asUser(HERE, (client) => client.POST("/auth/profile/delete", { body }));
    if (refused) return besidePassword(refused, "password");
    await forgetSession();
    await leaveNotice("account-deleted");
    redirect(`${env().look.homeUrl ? "/signin" : "/"}?notice=account-deleted`);
  },
);
