"use server";

import { besidePassword, type Refusal } from "@/api/problems";
import { provenAction } from "@/forms/proven-action";
import { fill } from "@/lib/fill";
import { asUser } from "@/session/transport";

/** Without a password, the API decides: an account may have none. */
export const changeAddress = provenAction(
  "/profile",
  { new_email: { missing: ({ address }) => address.missing }, password: { secret: true } },
  async (value, words) => {
    const [new_email, password] = [value("new_email"), value("password") || undefined];
    const refused = await asUser("/profile", (client) =>
      client.POST("/auth/email/change", { body: { new_email, password } }),
    );
    if (refused) return beside(refused);
    return { saved: fill(words.address.sent, { address: new_email }) };
  },
);

function beside(refused: Refusal): Refusal {
  if (refused.code === "email_taken")
    return { ...refused, fields: { new_email: { code: "new_email_taken" } } };
  return besidePassword(refused, "password");
}
