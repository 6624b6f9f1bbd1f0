import { Phrase } from "@/components/phrase";
import { TextLink } from "@/components/ui/text-link";
import { env } from "@/env";
import { getWords } from "@/words/spoken";

/** Below a form that makes an account. */
export async function TermsNotice() {
  const { terms, privacy } = env().look.links;
  const { termsNotice } = await getWords();
  if (!terms) return;
  return (
    <p className="mt-4 text-center text-sm leading-relaxed text-pretty text-soft">
      <Phrase
        parts={{
          terms: <TextLink href={terms}>{termsNotice.termsLink}</TextLink>,
          privacy: <TextLink href={privacy}>{termsNotice.privacyLink}</TextLink>,
        }}
      >
        {privacy ? termsNotice.both : termsNotice.terms}
      </Phrase>
    </p>
  );
}
