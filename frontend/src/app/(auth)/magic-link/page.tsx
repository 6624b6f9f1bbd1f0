import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { Button } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { nextPath, withNext } from "@/lib/next-path";
import { heldAddress, heldAttempt, heldLink } from "@/session/mailed";
import { getViewer } from "@/session/viewer";
import { startOver } from "./actions";
import { AskForm, CodeForm, LinkForm } from "./forms";

export const metadata: Metadata = { title: "Sign in by mail" };

/** What the page offers depends on what this browser has: only the one that asked for the mail can sign in with it. */
export default async function MagicLinkPage({ searchParams }: PageProps<"/magic-link">) {
  const next = nextPath((await searchParams).next);
  const viewer = await getViewer();
  if (viewer.status === "signed-in") redirect(next);

  const [link, attempt, typed] = [await heldLink("magic-link"), await heldAttempt(), await heldAddress()];
  if (link && attempt) {
    return (
      <Doorway title="Sign in" lead="Your link is here. One click, and you are in.">
        <LinkForm next={next} />
        <OldPassword />
        <StartOver next={next}>The link does not work?</StartOver>
      </Doorway>
    );
  }
  if (attempt) {
    return (
      <Doorway
        title="Look into your mail"
        lead={
          <>
            If <bdi className="wrap-anywhere">{typed}</bdi> has an account, a mail is on its way. Open its
            link in this browser, or type its code here.
          </>
        }
      >
        <CodeForm next={next} />
        <OldPassword />
        <StartOver next={next}>Nothing there?</StartOver>
      </Doorway>
    );
  }
  if (link) {
    return (
      <Doorway closed title="Another browser" lead="This link works only in the browser that asked for it.">
        <p className="text-center leading-relaxed text-pretty">
          Type the code from the mail where you asked for it. Nobody is signed in here.
        </p>
        <StartOver next={next}>You want to sign in here?</StartOver>
      </Doorway>
    );
  }
  return (
    <Doorway title="Sign in by mail" lead="We send you a link and a code. You need no password.">
      <AskForm typed={typed} next={next} />
      <Below>
        You know your password? <TextLink href={withNext("/signin", next)}>Sign in</TextLink>
      </Below>
    </Doorway>
  );
}

/** The password of an account whose address nobody has proved may be a stranger's, who opened it to wait for its owner. */
function OldPassword() {
  return (
    <p className="mt-5 text-sm leading-relaxed text-pretty text-soft">
      Was your address never confirmed? Then this confirms it, and a password that the account has no longer
      counts. You can <TextLink href="/forgot-password">choose a new one</TextLink> by mail.
    </p>
  );
}

function StartOver({ next, children }: { next: string; children: ReactNode }) {
  return (
    <form action={startOver} className="mt-5 grid justify-items-center gap-1 text-sm text-soft">
      <input type="hidden" name="next" value={next} />
      {children}
      <Button type="submit" look="quiet">
        Ask for a new mail
      </Button>
    </form>
  );
}
