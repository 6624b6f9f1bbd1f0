"use server";

import { refresh } from "next/cache";
import type { Once } from "@/forms/form-state";
import { provenAction } from "@/forms/proven-action";
import { asUser } from "@/session/transport";
import { HERE } from "../path";

export const makeCodes = provenAction(HERE, {}, async (_value, { recoveryCodes }) => {
  let once: Once | undefined;
  const refused = await asUser(HERE, async (client) => {
    const answer = await client.POST("/auth/recovery-codes");
    if (answer.data) once = { kind: "codes", codes: answer.data.codes };
    return answer;
  });
  if (refused) return refused;
  refresh();
  return { saved: recoveryCodes.made, once };
});
