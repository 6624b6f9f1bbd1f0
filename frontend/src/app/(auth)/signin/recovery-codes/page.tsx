import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { newCodesPath, nextPath } from "@/lib/next-path";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { RecoveryCodes } from "../../../(account)/security/recovery-codes/codes";
import { titled } from "../../../titled";

export const generateMetadata = titled((words) => words.recoveryCodes.title);

/** After the first second step was added while signing in: a way in without the phone. */
export default async function NewCodesPage({ searchParams }: PageProps<"/signin/recovery-codes">) {
  const next = nextPath((await searchParams).next);
  const viewer = await requireUser(newCodesPath(next));
  const { enrol: words, recoveryCodes } = await getWords();
  return (
    <Doorway title={recoveryCodes.title} lead={words.codesLead}>
      {viewer.status === "signed-in" && (
        <RecoveryCodes accessToken={viewer.accessToken} email={viewer.profile.email} />
      )}
      <Below>
        <TextLink href={next}>{words.continue}</TextLink>
      </Below>
    </Doorway>
  );
}
