"use server";

import { redirect } from "next/navigation";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { dropLink, heldLink } from "@/session/mailed";
import { leaveNotice } from "@/session/notice";
import { asUser } from "@/session/transport";

/** Only with a session: without one, a click could move somebody else's account to the visitor's address. */
export const confirmChange = action({}, async () => {
  const token = await heldLink("confirm-email");
  if (!token) return refusal({ code: "link_invalid" });
  const refused = await asUser("/confirm-email", (client) =>
    client.POST("/auth/email/change/confirm", { body: { token } }),
  );
  if (refused) return refused;
  await dropLink("confirm-email");
  await leaveNotice("email-changed");
  redirect("/confirm-email?notice=email-changed");
});
