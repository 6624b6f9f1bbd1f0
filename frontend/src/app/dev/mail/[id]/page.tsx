import type { Metadata } from "next";
import { mailWith } from "@/api/mailbox";
import { buttonLook } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { env } from "@/env";
import { Desk } from "../desk";

export const metadata: Metadata = { title: "Mail" };

export default async function MailPage({ params }: PageProps<"/dev/mail/[id]">) {
  const { id, subject, to, text, link, code } = await mailWith((await params).id);
  return (
    <Desk
      title={subject}
      lead={
        <>
          to <bdi>{to}</bdi>
        </>
      }
    >
      <div className="flex flex-wrap gap-3">
        {link && (
          <a href={here(link)} className={buttonLook("solid")}>
            Open its link
          </a>
        )}
        <a href={`/dev/mail/${id}/html`} className={buttonLook("quiet")}>
          See it as a mail program shows it
        </a>
      </div>
      {code && (
        <p className="mt-4">
          Code: <strong className="font-mono">{code}</strong>
        </p>
      )}
      <pre className="mt-5 border-t border-line pt-5 font-mono text-sm whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
      <p className="mt-5 border-t border-line pt-5">
        <TextLink href="/dev/mail">All mails</TextLink>
      </p>
    </Desk>
  );
}

/** The link of the mail, in this web app: with other ports, the API may not know its address. */
function here(link: string): string {
  const { pathname, search } = new URL(link);
  return new URL(pathname + search, env().webUrl).href;
}
