import type { Metadata } from "next";
import { mailbox } from "@/api/mailbox";
import { LocalTime } from "@/components/local-time";
import { TextLink } from "@/components/ui/text-link";
import { Desk } from "./desk";

export const metadata: Metadata = { title: "Mailbox" };

export default async function MailboxPage() {
  const mails = await mailbox();
  return (
    <Desk title="Mailbox" lead="Mails of development. Nobody gets them, unless SMTP_URL is set.">
      {mails.length === 0 && <p className="text-soft">There is no mail yet. Sign up, and one comes.</p>}
      <ul className="divide-y divide-line">
        {mails.map(({ id, subject, to, created_at, sent_at }) => (
          <li key={id} className="grid gap-0.5 py-3">
            <TextLink href={`/dev/mail/${id}`}>{subject}</TextLink>
            <span className="text-sm text-soft wrap-anywhere">
              to <bdi>{to}</bdi>, <LocalTime iso={created_at} as="minute" />
              {sent_at ? "" : ", waiting"}
            </span>
          </li>
        ))}
      </ul>
    </Desk>
  );
}
