"use server";

import { redirect } from "next/navigation";
import { api } from "@/api/client";
import { refusal } from "@/api/problems";
import { action } from "@/forms/action";
import { dropLink, heldLink } from "@/session/mailed";
import { leaveNotice, linkProblem } from "@/session/notice";

/** The link alone is enough, in any browser. */
export const stopByMail = action({}, async () => {
  const token = await heldLink("stop-factor-reset");
  if (!token) return refusal({ code: "link_invalid" });
  const { error, response } = await (await api()).POST("/auth/factors/reset/stop", { body: { token } });
  const problem = linkProblem(error?.code);
  if (problem) {
    await dropLink("stop-factor-reset");
    await leaveNotice(problem);
    redirect(`/stop-factor-reset?notice=${problem}`);
  }
  if (error) return refusal(error, response);
  await dropLink("stop-factor-reset");
  await leaveNotice("factor-reset-stopped");
  redirect("/stop-factor-reset?notice=factor-reset-stopped");
});
