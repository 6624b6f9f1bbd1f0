import { redirect } from "next/navigation";
import { getMail, getWays } from "@/api/service";
import { AnnounceSignOut } from "@/components/announce-sign-out";
import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { TextLink } from "@/components/ui/text-link";
import { nextPath, SESSION_ENDED, SIGNIN_EXPIRED, withNext } from "@/lib/next-path";
import { hasJust } from "@/session/notice";
import { getViewer } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import type { Words } from "@/words/words";
import { titled } from "../../titled";
import { SigninForm } from "./form";

export const generateMetadata = titled((words) => words.signin.title);

type Notice = keyof Words["signin"]["notices"];

/** The form does not wait for the API, so that a slow API does not delay it: it shows the ways that were last known. */
export default async function SigninPage({ searchParams }: PageProps<"/signin">) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const [viewer, mail, ways, { signin: words }] = await Promise.all([
    getViewer(),
    getMail(),
    getWays(),
    getWords(),
  ]);
  if (viewer.status === "signed-in") redirect(next);

  const notice = await shown(query.notice, words.notices);
  const lead = query.next ? words.leadOnward : words.lead;
  return (
    <Doorway title={words.welcome} lead={lead} notice={notice && words.notices[notice]}>
      {(notice?.startsWith("signed-out") || notice === "account-deleted") && <AnnounceSignOut />}
      <SigninForm
        next={next}
        byMail={mail.signsIn}
        canForget={mail.isSent}
        passkeys={ways.passkeys}
        words={words}
      />
      <p className="mt-7 text-center text-sm text-soft">
        <Phrase
          parts={{ signup: <TextLink href={withNext("/signup", next)}>{words.createAccount}</TextLink> }}
        >
          {words.newHere}
        </Phrase>
      </p>
    </Doorway>
  );
}

/** The notice of the address, if it is true. A guard cannot leave a cookie, and such a notice tempts nobody to anything. */
async function shown(notice: unknown, notices: Words["signin"]["notices"]): Promise<Notice | undefined> {
  if (typeof notice !== "string" || !isIn(notices, notice)) return;
  return notice === SESSION_ENDED || notice === SIGNIN_EXPIRED || (await hasJust(notice))
    ? notice
    : undefined;
}

function isIn(notices: Words["signin"]["notices"], notice: string): notice is Notice {
  return Object.hasOwn(notices, notice);
}
