"use server";

import { refresh } from "next/cache";
import { besideCode } from "@/api/problems";
import { CONFIRM, REMOVE } from "@/forms/enrolment-steps";
import type { FormState, Once } from "@/forms/form-state";
import { provenAction } from "@/forms/proven-action";
import { pictureIn } from "@/forms/qr-picture";
import { asUser } from "@/session/transport";
import { HERE } from "../path";

const begin = provenAction(HERE, { step: {} }, async () => {
  let once: Once | undefined;
  const refused = await asUser(HERE, async (client) => {
    const answer = await client.POST("/auth/totp");
    if (answer.data) {
      const { secret, otpauth_url: link, qr_svg } = answer.data;
      once = { kind: "app", secret, link, picture: pictureIn(qr_svg) };
    }
    return answer;
  });
  return refused ?? { saved: "", once };
});

const confirm = provenAction(
  HERE,
  { step: {}, code: { missing: ({ authenticator }) => authenticator.missingCode, secret: true } },
  async (value, { authenticator }) => {
    const body = { code: value("code") };
    const refused = await asUser(HERE, (client) => client.POST("/auth/totp/confirm", { body }));
    if (refused) return besideCode(refused, "code", "totp");
    refresh();
    return { saved: authenticator.on };
  },
);

const remove = provenAction(HERE, { step: {} }, async (_value, { authenticator }) => {
  const refused = await asUser(HERE, (client) => client.DELETE("/auth/totp"));
  // It was removed elsewhere, so the person has what they asked for.
  if (refused && refused.code !== "not_found") return refused;
  refresh();
  return { saved: authenticator.removed };
});

/** While the code is not right, the form keeps showing what the app has to read. */
export async function changeApp(state: FormState, form: FormData): Promise<FormState> {
  switch (form.get("step")) {
    case CONFIRM: {
      const confirmed = await confirm(state, form);
      return confirmed.status === "refused" ? { ...confirmed, once: state.once } : confirmed;
    }
    case REMOVE:
      return remove(state, form);
    default:
      return begin(state, form);
  }
}
