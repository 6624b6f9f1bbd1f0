import { TextLink } from "@/components/ui/text-link";
import { env } from "@/env";

/** Below a form that makes an account. */
export function TermsNotice() {
  const { terms, privacy } = env().look.links;
  if (!terms) return;
  return (
    <p className="mt-4 text-center text-sm leading-relaxed text-pretty text-soft">
      By creating an account you accept the <TextLink href={terms}>terms</TextLink>.
      {privacy && (
        <>
          {" "}
          The <TextLink href={privacy}>privacy policy</TextLink> says what happens to your data.
        </>
      )}
    </p>
  );
}
