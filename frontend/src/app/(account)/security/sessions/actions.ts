"use server";

import { refresh } from "next/cache";
import { provenAction } from "@/forms/proven-action";
import { asUser } from "@/session/transport";
import { HERE } from "../path";
import { ALL_OTHERS } from "./words";

export const endSessions = provenAction(HERE, { session: {} }, async (value, { devices }) => {
  const session = value("session");
  const all = session === ALL_OTHERS;
  const refused = await asUser(HERE, (client) =>
    all
      ? client.DELETE("/auth/sessions")
      : client.DELETE("/auth/sessions/{id}", { params: { path: { id: Number(session) } } }),
  );
  // The session has already ended elsewhere, so the person has what they asked for.
  if (refused && refused.code !== "not_found") return refused;
  refresh();
  return { saved: all ? devices.signedOutAll : devices.signedOut };
});
