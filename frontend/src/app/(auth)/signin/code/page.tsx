import { redirect } from "next/navigation";
import { getTrustedDays } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { Button } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { env } from "@/env";
import { counted, fill } from "@/lib/fill";
import { enrolPath, nextPath, SIGNIN_EXPIRED, secondStepPath, signinPath } from "@/lib/next-path";
import { RECOVERY_CODE } from "@/lib/with-recovery-code";
import { heldSecondStep } from "@/session/second-step";
import { getViewer } from "@/session/viewer";
import { getSpoken } from "@/words/spoken";
import { titled } from "../../../titled";
import { startOver } from "./actions";
import { SecondStepForm } from "./form";

export const generateMetadata = titled((words) => words.secondStep.appTitle);

/** The second step of a sign-in, only in the browser that took the first one. */
export default async function SecondStepPage({ searchParams }: PageProps<"/signin/code">) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const viewer = await getViewer();
  if (viewer.status === "signed-in") redirect(next);
  const step = await heldSecondStep();
  if (!step) redirect(signinPath(next, SIGNIN_EXPIRED));

  if (step.factors.length === 0) redirect(enrolPath(next));
  const [{ words: all, language }, days] = await Promise.all([getSpoken(), getTrustedDays()]);
  const { secondStep: words } = all;
  const trust = days > 0 ? counted(words.trust, days, language) : undefined;
  const [hasApp, hasCodes] = ["totp", "recovery_code"].map((factor) => step.factors.includes(factor));
  const here = secondStepPath(next);
  if (hasCodes && (!hasApp || query.with === RECOVERY_CODE)) {
    return (
      <Doorway title={words.recoveryTitle} lead={words.recoveryLead}>
        <SecondStepForm key="recovery" factor="recovery_code" trust={trust} next={next} words={words} />
        {hasApp && <Below>{<TextLink href={here}>{words.useApp}</TextLink>}</Below>}
        <StartOver next={next} label={words.startOver} />
      </Doorway>
    );
  }
  return (
    <Doorway title={words.appTitle} lead={fill(words.appLead, { app: env().appName })}>
      <SecondStepForm key="app" factor="totp" trust={trust} next={next} words={words} />
      {hasCodes && (
        <Below>
          <TextLink href={`${here}&with=${RECOVERY_CODE}`}>{words.useRecovery}</TextLink>
        </Below>
      )}
      <StartOver next={next} label={words.startOver} />
    </Doorway>
  );
}

function StartOver({ next, label }: { next: string; label: string }) {
  return (
    <form action={startOver} className="mt-2 grid justify-items-center text-sm">
      <input type="hidden" name="next" value={next} />
      <Button type="submit" look="plain">
        {label}
      </Button>
    </form>
  );
}
