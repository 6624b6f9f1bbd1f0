"use server";

import { refresh } from "next/cache";
import { action } from "@/forms/action";
import { asUser } from "@/session/transport";
import { HERE } from "../path";

export const endTrust = action({ device: {} }, async (value, { trustedDevices }) => {
  const id = Number(value("device"));
  const refused = await asUser(HERE, (client) =>
    client.DELETE("/auth/devices/{id}", { params: { path: { id } } }),
  );
  // The trust has already ended elsewhere, so the person has what they asked for.
  if (refused && refused.code !== "not_found") return refused;
  refresh();
  return { saved: trustedDevices.ended };
});
