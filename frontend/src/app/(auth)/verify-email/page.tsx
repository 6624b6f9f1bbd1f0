import type { Metadata } from "next";
import { refusal } from "@/api/problems";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { buttonLook } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { heldAddress, heldLink } from "@/session/mailed";
import { hasJust, linkProblem } from "@/session/notice";
import { getViewer, type Profile } from "@/session/viewer";
import { SignedInAs } from "../signed-in-as";
import { ConfirmForm, SendAgainForm, SigninAndConfirmForm } from "./forms";

export const metadata: Metadata = { title: "Confirm your address" };

/** Opening the link confirms nothing: programs that check mails open it too, and click what they find. */
export default async function VerifyEmailPage({ searchParams }: PageProps<"/verify-email">) {
  const query = await searchParams;
  const [viewer, held, typed] = [await getViewer(), await heldLink("verify-email"), await heldAddress()];
  if (viewer.status === "unavailable") {
    return (
      <Doorway closed title="One moment" lead="Your address can't be confirmed right now.">
        <Unavailable refusal={viewer.refusal} path="/verify-email" />
      </Doorway>
    );
  }
  if (viewer.status === "signed-in") {
    const code = linkProblem(query.notice);
    const problem = code && (await hasJust(code)) ? refusal({ code }).sentence : undefined;
    return <OfAccount profile={viewer.profile} hasLink={held !== undefined} problem={problem} />;
  }
  if (held && query.again === undefined) {
    return (
      <Doorway title="Confirm your address" lead="Sign in to the account that the mail is about.">
        <SigninAndConfirmForm typed={typed} />
        <Below>
          The link does not work? <TextLink href="/verify-email?again">Send the mail again</TextLink>
        </Below>
      </Doorway>
    );
  }
  return (
    <Doorway title="Look into your mail" lead="Open the link in our mail to confirm your address.">
      <p className="mb-5 text-center text-sm leading-relaxed text-pretty text-soft">
        It can take a few minutes. Look into the folder for spam, too.
      </p>
      <SendAgainForm typed={typed} />
      <Below>
        Done already? <TextLink href="/signin">Sign in</TextLink>
      </Below>
    </Doorway>
  );
}

interface OfAccountProps {
  profile: Profile;
  hasLink: boolean;
  /** What was wrong with the link. */
  problem: string | undefined;
}

function OfAccount({ profile, hasLink, problem }: OfAccountProps) {
  if (profile.email_verified) {
    return (
      <Doorway title="Address confirmed" lead={<bdi className="wrap-anywhere">{profile.email}</bdi>}>
        <a href="/profile" className={buttonLook("solid", "w-full")}>
          Go to your profile
        </a>
        <SignedInAs email={profile.email} />
      </Doorway>
    );
  }
  if (hasLink && !problem) {
    return (
      <Doorway title="Confirm your address" lead={<bdi className="wrap-anywhere">{profile.email}</bdi>}>
        <ConfirmForm />
        <Below>
          The link does not work? <TextLink href="/profile">Send the mail again</TextLink> from your profile.
        </Below>
        <SignedInAs email={profile.email} />
      </Doorway>
    );
  }
  return (
    <Doorway
      closed
      title="Confirm your address"
      lead={problem ? <span role="alert">{problem}</span> : "Open the link in our mail in this browser."}
    >
      <a href="/profile" className={buttonLook("quiet", "w-full")}>
        Send the mail again from your profile
      </a>
      <SignedInAs email={profile.email} />
    </Doorway>
  );
}
