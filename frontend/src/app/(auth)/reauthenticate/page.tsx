import { refusal } from "@/api/problems";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { Unavailable } from "@/components/unavailable";
import { nextPath } from "@/lib/next-path";
import { RECOVERY_CODE } from "@/lib/with-recovery-code";
import { getFactors } from "@/session/factors";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { CodeForm, MailForm, PasswordForm } from "./form";
import { here } from "./path";

export const generateMetadata = titled((words) => words.reauthenticate.title);

/** Where somebody is sent whose last proof of who they are is too old for what they want to do. */
export default async function ReauthenticatePage({ searchParams }: PageProps<"/reauthenticate">) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const viewer = await requireUser(here(next));
  const { reauthenticate: words, secondStep, unavailable } = await getWords();
  const factors = viewer.status === "signed-in" ? await getFactors(viewer.accessToken) : undefined;
  if (viewer.status === "unavailable" || !factors?.data) {
    const refused = viewer.status === "unavailable" ? viewer.refusal : refusal(factors?.error ?? UNKNOWN);
    return (
      <Doorway closed title={unavailable.title} lead={words.unavailable}>
        <Unavailable refusal={refused} path={here(next)} />
      </Doorway>
    );
  }
  const { password, totp, recovery_codes_left } = factors.data;
  if (totp && recovery_codes_left > 0 && query.with === RECOVERY_CODE) {
    return (
      <Doorway title={words.title} lead={words.leadRecovery}>
        <CodeForm key="recovery" factor="recovery_code" next={next} words={words} fields={secondStep} />
        <Below>
          <TextLink href={here(next)}>{secondStep.useApp}</TextLink>
        </Below>
      </Doorway>
    );
  }
  if (totp) {
    return (
      <Doorway title={words.title} lead={words.leadApp}>
        <CodeForm key="app" factor="totp" next={next} words={words} fields={secondStep} />
        {recovery_codes_left > 0 && (
          <Below>
            <TextLink href={`${here(next)}&with=${RECOVERY_CODE}`}>{secondStep.useRecovery}</TextLink>
          </Below>
        )}
      </Doorway>
    );
  }
  if (password) {
    return (
      <Doorway title={words.title} lead={words.leadPassword}>
        <PasswordForm email={viewer.profile.email} next={next} words={words} />
      </Doorway>
    );
  }
  return (
    <Doorway title={words.title} lead={words.leadMail}>
      <MailForm next={next} words={words} />
    </Doorway>
  );
}

const UNKNOWN = { code: "api_unreachable" } as const;
