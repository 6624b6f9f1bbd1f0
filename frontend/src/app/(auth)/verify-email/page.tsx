import { refusal, sentenceOf } from "@/api/problems";
import { getMail, getWays } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { buttonLook } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { heldAddress, heldLink } from "@/session/mailed";
import { hasJust, linkProblem } from "@/session/notice";
import { getViewer, type Profile } from "@/session/viewer";
import { getSpoken } from "@/words/spoken";
import type { Words } from "@/words/words";
import { titled } from "../../titled";
import { SignedInAs } from "../signed-in-as";
import { ConfirmForm, SendAgainForm, SigninAndConfirmForm } from "./forms";

export const generateMetadata = titled((words) => words.verifyEmail.title);

/** Opening the link confirms nothing: programs that check mails open it too, and click what they find. */
export default async function VerifyEmailPage({ searchParams }: PageProps<"/verify-email">) {
  const query = await searchParams;
  const { words, language } = await getSpoken();
  const { verifyEmail, unavailable } = words;
  const [viewer, held, typed] = [await getViewer(), await heldLink("verify-email"), await heldAddress()];
  if (viewer.status === "unavailable") {
    return (
      <Doorway closed title={unavailable.title} lead={verifyEmail.unavailable}>
        <Unavailable refusal={viewer.refusal} path="/verify-email" />
      </Doorway>
    );
  }
  const code = linkProblem(query.notice);
  const problem =
    code && (await hasJust(code)) ? sentenceOf(refusal({ code }), { words, language }) : undefined;
  if (viewer.status === "signed-in") {
    const isNew = query.notice === "email-confirmed" && (await hasJust("email-confirmed"));
    return (
      <OfAccount
        profile={viewer.profile}
        hasLink={held !== undefined}
        problem={problem}
        isNew={isNew}
        words={verifyEmail}
      />
    );
  }
  const { letsInUnproved } = await getMail();
  if (held && query.again === undefined) {
    const { passkeys } = await getWays();
    return (
      <Doorway title={verifyEmail.title} lead={verifyEmail.leadSignin} notice={problem}>
        <SigninAndConfirmForm
          typed={typed}
          passkeys={passkeys}
          letsInUnproved={letsInUnproved}
          words={verifyEmail}
          signin={words.signin}
        />
        <Below>
          <Phrase parts={{ again: <TextLink href="/verify-email?again">{verifyEmail.again}</TextLink> }}>
            {verifyEmail.noWork}
          </Phrase>
        </Below>
      </Doorway>
    );
  }
  return (
    <Doorway
      title={verifyEmail.sendTitle}
      lead={letsInUnproved ? verifyEmail.sendLead : verifyEmail.required}
    >
      <p className="mb-5 text-center text-sm leading-relaxed text-pretty text-soft">
        {words.forgotPassword.patience}
      </p>
      <SendAgainForm typed={typed} words={verifyEmail} />
      <Below>
        <Phrase parts={{ signin: <TextLink href="/signin">{verifyEmail.signIn}</TextLink> }}>
          {verifyEmail.done}
        </Phrase>
      </Below>
    </Doorway>
  );
}

interface OfAccountProps {
  profile: Profile;
  hasLink: boolean;
  /** What was wrong with the link. */
  problem: string | undefined;
  /** The address has just been confirmed in this browser. */
  isNew: boolean;
  words: Words["verifyEmail"];
}

function OfAccount({ profile, hasLink, problem, isNew, words }: OfAccountProps) {
  if (profile.email_verified) {
    return (
      <Doorway
        title={isNew ? words.confirmed : words.already}
        lead={<bdi className="wrap-anywhere">{profile.email}</bdi>}
      >
        <a href="/profile" className={buttonLook("solid", "w-full")}>
          {words.goToProfile}
        </a>
        <SignedInAs email={profile.email} />
      </Doorway>
    );
  }
  if (hasLink && !problem) {
    return (
      <Doorway title={words.title} lead={<bdi className="wrap-anywhere">{profile.email}</bdi>}>
        <ConfirmForm words={words} />
        <Below>
          <Phrase parts={{ again: <TextLink href="/profile">{words.again}</TextLink> }}>
            {words.noWorkProfile}
          </Phrase>
        </Below>
        <SignedInAs email={profile.email} />
      </Doorway>
    );
  }
  return (
    <Doorway closed title={words.title} lead={problem ? <span role="alert">{problem}</span> : words.openHere}>
      <a href="/profile" className={buttonLook("quiet", "w-full")}>
        {words.againFromProfile}
      </a>
      <SignedInAs email={profile.email} />
    </Doorway>
  );
}
