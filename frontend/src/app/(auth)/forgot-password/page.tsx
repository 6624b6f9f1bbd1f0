import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { heldAddress } from "@/session/mailed";
import { hasJust } from "@/session/notice";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { ForgotForm } from "./form";

export const generateMetadata = titled((words) => words.forgotPassword.title);

export default async function ForgotPasswordPage({ searchParams }: PageProps<"/forgot-password">) {
  const { notice } = await searchParams;
  const { forgotPassword: words } = await getWords();
  const [typed, sent] = [await heldAddress(), notice === "mail-sent" && (await hasJust("mail-sent"))];
  if (sent) {
    return (
      <Doorway
        title={words.sentTitle}
        lead={
          <Phrase parts={{ address: <bdi className="wrap-anywhere">{typed}</bdi> }}>{words.sentLead}</Phrase>
        }
      >
        <p className="text-center text-sm leading-relaxed text-soft">{words.patience}</p>
        <Below>
          <Phrase parts={{ again: <TextLink href="/forgot-password">{words.again}</TextLink> }}>
            {words.nothingThere}
          </Phrase>
        </Below>
      </Doorway>
    );
  }
  return (
    <Doorway title={words.title} lead={words.lead}>
      <ForgotForm typed={typed} words={words} />
      <Below>
        <Phrase parts={{ signin: <TextLink href="/signin">{words.signIn}</TextLink> }}>
          {words.remembered}
        </Phrase>
      </Below>
    </Doorway>
  );
}
