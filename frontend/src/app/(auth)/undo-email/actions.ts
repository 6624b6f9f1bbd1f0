"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { endSession } from "@/session/changes";
import { dropLink, heldLink } from "@/session/mailed";
import { leaveNotice } from "@/session/notice";

/** The API compares the typed address, so no program that clicks through a mail undoes a change. */
export const undoChange = action(
  { email: { missing: ({ undoEmail }) => undoEmail.missing } },
  async (value) => {
    const token = await heldLink("undo-email");
    if (!token) return refusal({ code: "link_invalid" });
    const body = { token, email: value("email") };
    const { error, response } = await (await api()).POST("/auth/email/change/undo", { body });
    if (error) return refusal(error, response);
    await dropLink("undo-email");
    await endSession();
    await leaveNotice("email-undone");
    redirect("/undo-email?notice=email-undone");
  },
);
