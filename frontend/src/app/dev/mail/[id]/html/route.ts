import { mailWith } from "@/api/mailbox";

/** The mail alone, as a mail program shows it. src/proxy.ts gives it a policy of its own: no script, only its own styles. */
export async function GET(
  _request: Request,
  { params }: RouteContext<"/dev/mail/[id]/html">,
): Promise<Response> {
  const { html } = await mailWith((await params).id);
  return new Response(html, {
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
