"use server";

import { refresh } from "next/cache";
import { action } from "@/forms/action";
import { asUser } from "@/session/transport";
import { HERE } from "../path";

export const stopReset = action({}, async (_value, { factorReset }) => {
  const refused = await asUser(HERE, (client) => client.POST("/auth/factors/reset/stop"));
  if (refused) return refused;
  refresh();
  return { saved: factorReset.stopped };
});
