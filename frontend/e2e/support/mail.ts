/** Reads mails in the mailbox of the API. */

import { expect, type Page } from "@playwright/test";

export interface Mail {
  readonly id: number;
  readonly kind: string;
  readonly subject: string;
  readonly link: string | null;
  readonly code: string | null;
  readonly sent_at: string | null;
}

async function mailsTo(email: string, kind: string, api = process.env.E2E_API_URL): Promise<Mail[]> {
  const answer = await fetch(`${api}/dev/mail?to=${encodeURIComponent(email)}`);
  const mails: Mail[] = await answer.json();
  // Before it is sent, nobody has looked whether the address has an account, and the link is worth nothing.
  return mails.filter((mail) => mail.kind === kind && mail.sent_at !== null);
}

/** The newest mail of this kind, once there are `count` of them. `api`: the one whose words it is to have. */
export async function mailTo(email: string, kind: string, count = 1, api?: string): Promise<Mail> {
  await expect.poll(async () => (await mailsTo(email, kind, api)).length).toBeGreaterThanOrEqual(count);
  const [mail] = await mailsTo(email, kind, api);
  if (!mail) throw new Error(`no ${kind} to ${email}`);
  return mail;
}

/** The path of its link, for a web app at another address than the API knows. */
export function linkIn({ link }: Mail): string {
  const { pathname, search } = new URL(link ?? "");
  return pathname + search;
}

export async function openLink(page: Page, mail: Mail): Promise<void> {
  await page.goto(linkIn(mail));
}

/** What a program does that checks mails: opens the link, fills in nothing, and clicks every button of the page. */
export async function scan(page: Page, mail: Mail): Promise<void> {
  await openLink(page, mail);
  const opened = page.url();
  const buttons = await page.getByRole("main").getByRole("button").count();
  for (let button = 0; button < buttons; button += 1) {
    await page.goto(opened);
    await page.getByRole("main").getByRole("button").nth(button).click();
    await page.waitForLoadState("networkidle");
  }
}
