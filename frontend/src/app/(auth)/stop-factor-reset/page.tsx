import { Doorway } from "@/components/brand/doorway";
import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { env } from "@/env";
import { fill } from "@/lib/fill";
import { heldLink } from "@/session/mailed";
import { hasJust, linkProblem } from "@/session/notice";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { NoLink } from "../no-link";
import { StopForm } from "./form";

export const generateMetadata = titled((words) => words.factorReset.pageTitle);

/** Opening the link stops nothing: programs that check mails open it too. */
export default async function StopFactorResetPage({ searchParams }: PageProps<"/stop-factor-reset">) {
  const { notice } = await searchParams;
  const { factorReset: words, problems } = await getWords();
  if (notice === "factor-reset-stopped" && (await hasJust("factor-reset-stopped"))) {
    return (
      <Doorway title={words.doneTitle} lead={words.doneLead}>
        <p className="text-center leading-relaxed text-pretty">
          {fill(words.doneText, { app: env().appName })}
        </p>
        <Below>
          <TextLink href="/forgot-password">{words.forgot}</TextLink>
        </Below>
      </Doorway>
    );
  }
  const help = (
    <Phrase parts={{ signin: <TextLink href="/signin?next=%2Fsecurity">{words.signIn}</TextLink> }}>
      {words.noWork}
    </Phrase>
  );
  const problem = linkProblem(notice);
  if (problem && (await hasJust(problem))) {
    return (
      <Doorway closed title={words.usedTitle} lead={problems[problem]}>
        <p className="text-center text-sm leading-relaxed text-pretty text-soft">{words.usedText}</p>
        <Below>{help}</Below>
      </Doorway>
    );
  }
  if (!(await heldLink("stop-factor-reset"))) return <NoLink title={words.pageTitle}>{help}</NoLink>;
  return (
    <Doorway title={words.pageTitle} lead={words.pageLead}>
      <p className="mb-5 text-center text-sm leading-relaxed text-pretty text-soft">{words.pageText}</p>
      <StopForm words={words} />
      <Below>{help}</Below>
    </Doorway>
  );
}
