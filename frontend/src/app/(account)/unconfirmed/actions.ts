"use server";

import { action } from "@/forms/action";
import { asUser } from "@/session/transport";

/** `page`: where to return to, if the person has to sign in again. */
export const sendVerification = action({ page: {} }, async (value, { unconfirmed }) => {
  const page = value("page") === "/security" ? "/security" : "/profile";
  const refused = await asUser(page, (client) => client.POST("/auth/email/verification"));
  if (refused) return refused;
  return { saved: unconfirmed.sent };
});
