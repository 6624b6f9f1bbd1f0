import "server-only";

import { notFound } from "next/navigation";
import { env } from "@/env";

/** A mail, as GET /dev/mail of the API shows it in development. That route is not part of the API's description. */
export interface DevMail {
  readonly id: number;
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly link: string | null;
  readonly code: string | null;
  readonly created_at: string;
  readonly sent_at: string | null;
}

/**
 * The last mails, the newest first. In production the API has no such route, and a web app with a public address shows
 * the mailbox of no API: then there is no page.
 */
export async function mailbox(): Promise<readonly DevMail[]> {
  const { apiUrl, webUrl } = env();
  if (!isThisMachine(new URL(webUrl).hostname)) notFound();
  const answer = await fetch(`${apiUrl}/dev/mail`, { cache: "no-store" }).catch(() => undefined);
  if (!answer?.ok) notFound();
  return answer.json();
}

export async function mailWith(id: string): Promise<DevMail> {
  const mail = (await mailbox()).find((each) => String(each.id) === id);
  return mail ?? notFound();
}

function isThisMachine(host: string): boolean {
  return /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/.test(host);
}
