"use server";

import { besidePassword, type Refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { asUser } from "@/session/transport";

/** Without a password, the API decides: an account may have none. */
export const changeAddress = action(
  { new_email: { missing: "Enter your new address." }, password: { secret: true } },
  async (value) => {
    const [new_email, password] = [value("new_email"), value("password") || undefined];
    const refused = await asUser("/profile", (client) =>
      client.POST("/auth/email/change", { body: { new_email, password } }),
    );
    if (refused) return beside(refused);
    return { saved: `We sent a link to ${new_email}. Your address changes once you have opened it.` };
  },
);

function beside(refused: Refusal): Refusal {
  if (refused.code === "email_taken")
    return { ...refused, fields: { new_email: "There is already an account with this address." } };
  return besidePassword(refused, "password");
}
