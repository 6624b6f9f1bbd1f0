import { redirect } from "next/navigation";
import { getService, getWays, type Ways } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { FormBlocks, LoadingText } from "@/components/loading/blocks";
import { Patiently } from "@/components/loading/patiently";
import { Phrase } from "@/components/phrase";
import { TermsNotice } from "@/components/terms-notice";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { nextPath, withNext } from "@/lib/next-path";
import { getViewer } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import type { Words } from "@/words/words";
import { titled } from "../../titled";
import { SignupForm } from "./form";

export const generateMetadata = titled((words) => words.signup.title);

export default async function SignupPage({ searchParams }: PageProps<"/signup">) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const service = getService();
  const [viewer, ways, { signup: words }] = await Promise.all([getViewer(), getWays(), getWords()]);
  if (viewer.status === "signed-in") redirect(next);
  return (
    <Patiently
      until={service}
      path={withNext("/signup", next)}
      query={query}
      shown={
        <Doorway title={words.title} lead={leadOf(ways, words)}>
          <FormBlocks fields={ways.signupWithPassword ? 3 : 2} />
          <LoadingText className="mt-7 text-center text-sm text-soft" />
        </Doorway>
      }
    >
      <Signup next={next} ways={ways} />
    </Patiently>
  );
}

async function Signup({ next, ways }: { next: string; ways: Ways }) {
  const [service, { signup: words, unavailable, newPassword }] = await Promise.all([
    getService(),
    getWords(),
  ]);
  if (service.status === "unavailable") {
    return (
      <Doorway closed title={unavailable.title} lead={words.unavailable}>
        <Unavailable refusal={service.refusal} path={withNext("/signup", next)} />
      </Doorway>
    );
  }

  return (
    <Doorway title={words.title} lead={leadOf(ways, words)}>
      <SignupForm
        next={next}
        rules={service.rules}
        withPassword={ways.signupWithPassword}
        withPasskey={ways.signupWithPasskey}
        words={{ ...words, newPassword }}
      />
      <TermsNotice />
      <p className="mt-7 text-center text-sm text-soft">
        <Phrase parts={{ signin: <TextLink href={withNext("/signin", next)}>{words.signIn}</TextLink> }}>
          {words.haveAccount}
        </Phrase>
      </p>
    </Doorway>
  );
}

function leadOf({ signupWithPassword, signupWithPasskey }: Ways, words: Words["signup"]): string {
  if (!signupWithPasskey) return words.lead;
  return signupWithPassword ? words.leadBoth : words.leadPasskey;
}
