import type { NextRequest } from "next/server";
import { env } from "@/env";
import { HOME, nextPath } from "@/lib/next-path";
import { reportForeignForm } from "@/lib/refused-forms";
import { isFromHere } from "@/lib/same-origin";
import { endSession } from "@/session/changes";
import { leaveNotice } from "@/session/notice";
import { getWords } from "@/words/spoken";

/**
 * Signing out is a plain form post, not an action. It loads a new document, so that nothing of the account stays in
 * the page, in the router's memory or behind the back button.
 */
export async function POST(request: NextRequest): Promise<Response> {
  const { headers } = request;
  const { webUrl } = env();
  if (!isFromHere(headers, webUrl)) {
    reportForeignForm(headers, webUrl);
    return new Response((await getWords()).refusedForm.otherSite, { status: 403 });
  }
  const next = nextPath(await typed(request, "next"));
  const notice = (await endSession()) ? "signed-out" : "signed-out-here";
  await leaveNotice(notice);
  return new Response(null, {
    status: 303,
    headers: {
      location: notice === "signed-out" && next !== HOME ? next : `/signin?notice=${notice}`,
      // Removes the pages that the browser keeps for its back button. Without this it can show some once more.
      "clear-site-data": '"cache"',
    },
  });
}

/** The buttons of other apps name the page of theirs that comes next. */
async function typed(request: NextRequest, field: string): Promise<unknown> {
  const form = await request.formData().catch(() => undefined);
  return form?.get(field);
}

/** A link must not sign anybody out: the page has a button. */
export function GET(): Response {
  return new Response(null, { status: 307, headers: { location: "/signout/confirm" } });
}
