import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { buttonLook } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { signinPath } from "@/lib/next-path";
import { heldLink } from "@/session/mailed";
import { hasJust } from "@/session/notice";
import { getViewer } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { NoLink } from "../no-link";
import { SignedInAs } from "../signed-in-as";
import { ConfirmChangeForm } from "./form";

export const generateMetadata = titled((words) => words.confirmEmail.title);

export default async function ConfirmEmailPage({ searchParams }: PageProps<"/confirm-email">) {
  const { notice } = await searchParams;
  const { confirmEmail: words, unavailable } = await getWords();
  const [viewer, held] = [await getViewer(), await heldLink("confirm-email")];
  if (viewer.status === "unavailable") {
    return (
      <Doorway closed title={unavailable.title} lead={words.unavailable}>
        <Unavailable refusal={viewer.refusal} path="/confirm-email" />
      </Doorway>
    );
  }
  if (viewer.status === "signed-in" && notice === "email-changed" && (await hasJust("email-changed"))) {
    return (
      <Doorway
        title={words.changedTitle}
        lead={
          <Phrase parts={{ address: <bdi className="wrap-anywhere">{viewer.profile.email}</bdi> }}>
            {words.changedLead}
          </Phrase>
        }
      >
        <a href="/profile" className={buttonLook("solid", "w-full")}>
          {words.goToProfile}
        </a>
      </Doorway>
    );
  }
  if (!held) {
    return (
      <NoLink title={words.title}>
        <Phrase parts={{ again: <TextLink href="/profile">{words.again}</TextLink> }}>{words.noWork}</Phrase>
      </NoLink>
    );
  }
  if (viewer.status === "signed-out") {
    return (
      <Doorway title={words.title} lead={words.leadSignin}>
        <a href={signinPath("/confirm-email")} className={buttonLook("solid", "w-full")}>
          {words.signIn}
        </a>
      </Doorway>
    );
  }
  return (
    <Doorway title={words.title} lead={words.lead}>
      <ConfirmChangeForm words={words} />
      <Below>
        <Phrase parts={{ again: <TextLink href="/profile">{words.again}</TextLink> }}>{words.noWork}</Phrase>
      </Below>
      <SignedInAs email={viewer.profile.email} />
    </Doorway>
  );
}
