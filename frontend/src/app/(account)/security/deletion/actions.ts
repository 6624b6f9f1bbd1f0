"use server";

import { redirect } from "next/navigation";
import { besidePassword } from "@/api/problems";
import { env } from "@/env";
import { action } from "@/forms/action";
import { fill } from "@/lib/fill";
import { forgetSession } from "@/session/changes";
import { leaveNotice } from "@/session/notice";
import { asUser } from "@/session/transport";
import { HERE } from "../path";

export const deleteAccount = action(
  {
    password: { missing: ({ deletion }) => deletion.missingPassword, secret: true },
    confirmation: {
      missing: ({ deletion }) => fill(deletion.missingConfirmation, deletion),
      wanted: ({ deletion }) => deletion.confirmation,
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
