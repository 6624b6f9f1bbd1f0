import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getMail } from "@/api/service";
import { AnnounceSignOut } from "@/components/announce-sign-out";
import { Doorway } from "@/components/brand/doorway";
import { TextLink } from "@/components/ui/text-link";
import { nextPath, SESSION_ENDED, withNext } from "@/lib/next-path";
import { hasJust } from "@/session/notice";
import { getViewer } from "@/session/viewer";
import { SigninForm } from "./form";

export const metadata: Metadata = { title: "Sign in" };

const NOTICES = {
  // If the adopter has another front page. Otherwise that of Postern says it.
  "account-deleted": "Your account is deleted, with everything that belonged to it.",
  "account-created": "Your account is ready. Sign in to continue.",
  "password-reset": "Your new password is saved, and all devices are signed out. Sign in with it.",
  "signed-out": "You are signed out. See you soon.",
  "signed-out-here":
    "You are signed out in this browser, but the service didn't answer. Your session may not have ended. Sign in later, and look under Security.",
  [SESSION_ENDED]: "You were signed out. Sign in again to continue.",
} as const;

/** The form does not wait for the API, so that a slow API does not delay it: it shows the ways that were last known. */
export default async function SigninPage({ searchParams }: PageProps<"/signin">) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const [viewer, mail] = await Promise.all([getViewer(), getMail()]);
  if (viewer.status === "signed-in") redirect(next);

  const notice = await shown(query.notice);
  const lead = query.next ? "Sign in, and we'll take you where you were going." : "Sign in to your account.";
  return (
    <Doorway title="Welcome back" lead={lead} notice={notice && NOTICES[notice]}>
      {(notice?.startsWith("signed-out") || notice === "account-deleted") && <AnnounceSignOut />}
      <SigninForm next={next} byMail={mail.signsIn} canForget={mail.isSent} />
      <p className="mt-7 text-center text-sm text-soft">
        New here? <TextLink href={withNext("/signup", next)}>Create an account</TextLink>
      </p>
    </Doorway>
  );
}

/** The notice of the address, if it is true. A guard cannot leave a cookie, and its notice tempts nobody to anything. */
async function shown(notice: unknown): Promise<keyof typeof NOTICES | undefined> {
  if (typeof notice !== "string" || !isKnown(notice)) return;
  return notice === SESSION_ENDED || (await hasJust(notice)) ? notice : undefined;
}

function isKnown(notice: string): notice is keyof typeof NOTICES {
  return Object.hasOwn(NOTICES, notice);
}
