import { refusal } from "@/api/problems";
import { Doorway } from "@/components/brand/doorway";
import { OtherWays } from "@/components/other-ways";
import { Unavailable } from "@/components/unavailable";
import { nextPath } from "@/lib/next-path";
import { waysOf } from "@/lib/second-ways";
import { getFactors } from "@/session/factors";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { CodeForm, MailForm, PasskeyForm, PasswordForm } from "./form";
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
  const { password, totp, recovery_codes_left, passkeys } = factors.data;
  const hasPasskey = passkeys.length > 0;
  const has = {
    passkey: hasPasskey,
    app: totp,
    "recovery-code": recovery_codes_left > 0 && (totp || hasPasskey),
  };
  const { shown, others } = waysOf(here(next), has, query.with);
  if (shown === "passkey") {
    return (
      <Doorway title={words.title} lead={words.leadPasskey}>
        <PasskeyForm next={next} label={secondStep.usePasskey} />
        <OtherWays ways={others} />
      </Doorway>
    );
  }
  if (shown === "recovery-code") {
    return (
      <Doorway title={words.title} lead={words.leadRecovery}>
        <CodeForm key="recovery" factor="recovery_code" next={next} words={words} fields={secondStep} />
        <OtherWays ways={others} />
      </Doorway>
    );
  }
  if (shown === "app") {
    return (
      <Doorway title={words.title} lead={words.leadApp}>
        <CodeForm key="app" factor="totp" next={next} words={words} fields={secondStep} />
        <OtherWays ways={others} />
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
