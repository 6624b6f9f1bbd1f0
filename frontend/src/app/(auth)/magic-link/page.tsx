import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { Button } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { nextPath, withNext } from "@/lib/next-path";
import { heldAddress, heldAttempt, heldLink } from "@/session/mailed";
import { getViewer } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import type { Words } from "@/words/words";
import { titled } from "../../titled";
import { SignedInAs } from "../signed-in-as";
import { startOver } from "./actions";
import { AskForm, CodeForm, LinkForm } from "./forms";

export const generateMetadata = titled((words) => words.magicLink.title);

/** What the page offers depends on what this browser has: only the one that asked for the mail can sign in with it. */
export default async function MagicLinkPage({ searchParams }: PageProps<"/magic-link">) {
  const { magicLink: words } = await getWords();
  const next = nextPath((await searchParams).next);
  const viewer = await getViewer();
  const isSignedIn = viewer.status === "signed-in";
  if (isSignedIn && !(await heldLink("magic-link"))) redirect(next);
  if (isSignedIn) {
    return (
      <Doorway closed title={words.signedInTitle} lead={words.signedInLead}>
        <SignedInAs email={viewer.profile.email} />
      </Doorway>
    );
  }

  const [link, attempt, typed] = [await heldLink("magic-link"), await heldAttempt(), await heldAddress()];
  if (link && attempt) {
    return (
      <Doorway title={words.signIn} lead={words.linkLead}>
        <LinkForm next={next} words={words} />
        <OldPassword words={words} />
        <StartOver next={next} words={words}>
          {words.noWork}
        </StartOver>
      </Doorway>
    );
  }
  if (attempt) {
    return (
      <Doorway
        title={words.sentTitle}
        lead={
          <Phrase parts={{ address: <bdi className="wrap-anywhere">{typed}</bdi> }}>{words.sentLead}</Phrase>
        }
      >
        <CodeForm next={next} words={words} />
        <OldPassword words={words} />
        <StartOver next={next} words={words}>
          {words.nothingThere}
        </StartOver>
      </Doorway>
    );
  }
  if (link) {
    return (
      <Doorway closed title={words.otherTitle} lead={words.otherLead}>
        <p className="text-center leading-relaxed text-pretty">{words.otherText}</p>
        <StartOver next={next} words={words}>
          {words.signInHere}
        </StartOver>
      </Doorway>
    );
  }
  return (
    <Doorway title={words.title} lead={words.lead}>
      <AskForm typed={typed} next={next} words={words} />
      <Below>
        <Phrase parts={{ signin: <TextLink href={withNext("/signin", next)}>{words.signIn}</TextLink> }}>
          {words.knowPassword}
        </Phrase>
      </Below>
    </Doorway>
  );
}

/** If nobody has proved the address, somebody else may have opened the account, and knows its password. */
function OldPassword({ words }: { words: Words["magicLink"] }) {
  return (
    <p className="mt-5 text-sm leading-relaxed text-pretty text-soft">
      <Phrase parts={{ choose: <TextLink href="/forgot-password">{words.chooseNew}</TextLink> }}>
        {words.oldPassword}
      </Phrase>
    </p>
  );
}

interface StartOverProps {
  next: string;
  words: Words["magicLink"];
  children: ReactNode;
}

function StartOver({ next, words, children }: StartOverProps) {
  return (
    <form action={startOver} className="mt-5 grid justify-items-center gap-1 text-sm text-soft">
      <input type="hidden" name="next" value={next} />
      {children}
      <Button type="submit" look="quiet">
        {words.newMail}
      </Button>
    </form>
  );
}
