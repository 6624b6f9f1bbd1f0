import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTrustedDays } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { OtherWays } from "@/components/other-ways";
import { Button } from "@/components/ui/button";
import { env } from "@/env";
import { counted, fill } from "@/lib/fill";
import { enrolPath, nextPath, SIGNIN_EXPIRED, secondStepPath, signinPath } from "@/lib/next-path";
import { waysOf } from "@/lib/second-ways";
import type { SecondStep } from "@/session/cookies";
import { heldPasskeyOptions, heldSecondStep } from "@/session/second-step";
import { getViewer } from "@/session/viewer";
import { getSpoken, getWords } from "@/words/spoken";
import { startOver } from "./actions";
import { PasskeyStepForm, SecondStepForm } from "./form";

export async function generateMetadata({ searchParams }: PageProps<"/signin/code">): Promise<Metadata> {
  const [step, query, { secondStep }] = await Promise.all([heldSecondStep(), searchParams, getWords()]);
  const { shown } = await waysFor(step, query);
  return { title: secondStep[TITLES[shown]] };
}

const TITLES = { passkey: "passkeyTitle", app: "appTitle", "recovery-code": "recoveryTitle" } as const;

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
  const { options, shown, others } = await waysFor(step, query);
  const below = (
    <>
      <OtherWays ways={others} />
      <StartOver next={next} label={words.startOver} />
    </>
  );
  if (options && shown === "passkey") {
    return (
      <Doorway title={words.passkeyTitle} lead={words.passkeyLead}>
        <PasskeyStepForm options={options} trust={trust} next={next} words={words} />
        {below}
      </Doorway>
    );
  }
  if (shown === "recovery-code") {
    return (
      <Doorway title={words.recoveryTitle} lead={words.recoveryLead}>
        <SecondStepForm key="recovery" factor="recovery_code" trust={trust} next={next} words={words} />
        {below}
      </Doorway>
    );
  }
  return (
    <Doorway title={words.appTitle} lead={fill(words.appLead, { app: env().appName })}>
      <SecondStepForm key="app" factor="totp" trust={trust} next={next} words={words} />
      {below}
    </Doorway>
  );
}

/** The way that is shown: of those that the account has, the chosen one or the first. */
async function waysFor(
  step: SecondStep | undefined,
  { next, with: chosen }: { readonly next?: unknown; readonly with?: unknown },
) {
  const factors = step?.factors ?? [];
  const options = factors.includes("passkey") ? await heldPasskeyOptions() : undefined;
  const has = {
    passkey: options !== undefined,
    app: factors.includes("totp"),
    "recovery-code": factors.includes("recovery_code"),
  };
  const { shown = "app", others } = waysOf(secondStepPath(nextPath(next)), has, chosen);
  return { options, shown, others };
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
