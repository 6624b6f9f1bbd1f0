"use server";

import { redirect } from "next/navigation";
import { postern } from "../../../postern";

export async function whoAmI(): Promise<string> {
  const session = await postern.getSession();
  const answer = await postern.fetch(`${process.env.POSTERN_URL}/auth/profile`);
  const { email } = await answer.json();
  return session ? `${email}, person ${session.userId}` : "nobody";
}

export async function pay(): Promise<void> {
  const answer = await postern.fetch(`${process.env.BANK_URL}/pay`, { method: "POST", body: "{}" });
  redirect(answer.ok ? "/other" : `/other?status=${answer.status}`);
}
