"use server";

import { redirect } from "next/navigation";
import { endSession } from "@/session/session";

export async function signout(): Promise<void> {
  await endSession();
  redirect("/signin?notice=signed-out");
}
