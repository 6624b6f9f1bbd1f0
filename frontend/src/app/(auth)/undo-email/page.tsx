import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { heldLink } from "@/session/mailed";
import { hasJust } from "@/session/notice";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { NoLink } from "../no-link";
import { UndoForm } from "./form";

export const generateMetadata = titled((words) => words.undoEmail.title);

export default async function UndoEmailPage({ searchParams }: PageProps<"/undo-email">) {
  const { notice } = await searchParams;
  const { undoEmail: words } = await getWords();
  if (notice === "email-undone" && (await hasJust("email-undone"))) {
    return (
      <Doorway title={words.doneTitle} lead={words.doneLead}>
        <p className="text-center leading-relaxed text-pretty">{words.doneText}</p>
        <Below>
          <Phrase parts={{ again: <TextLink href="/forgot-password">{words.sendAgain}</TextLink> }}>
            {words.nothingThere}
          </Phrase>
        </Below>
      </Doorway>
    );
  }
  const help = (
    <Phrase parts={{ again: <TextLink href="/forgot-password">{words.again}</TextLink> }}>
      {words.noWork}
    </Phrase>
  );
  if (!(await heldLink("undo-email"))) return <NoLink title={words.title}>{help}</NoLink>;
  return (
    <Doorway title={words.title} lead={words.lead}>
      <p className="mb-5 text-center text-sm leading-relaxed text-pretty text-soft">{words.text}</p>
      <UndoForm words={words} />
      <Below>{help}</Below>
    </Doorway>
  );
}
