"use client";

import { AppEnrolment } from "@/components/app-enrolment";
import { Form } from "@/components/form/form";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { BEGIN, REMOVE } from "@/forms/enrolment-steps";
import type { FormState } from "@/forms/form-state";
import { HERE } from "../path";
import { changeApp } from "./actions";
import type { AppWords } from "./words";

interface AuthenticatorFormProps {
  isOn: boolean;
  words: AppWords;
}

export function AuthenticatorForm({ isOn, words }: AuthenticatorFormProps) {
  return (
    <Form action={changeApp}>
      {(state) => {
        if (isOn) return <Removal state={state} words={words} />;
        if (state.once?.kind === "app") {
          return (
            <AppEnrolment begun={state.once} state={state} cancel={HERE} words={words}>
              <ProofField state={state} path={HERE} words={words.proof} />
            </AppEnrolment>
          );
        }
        return (
          <>
            <ProofField state={state} path={HERE} words={words.proof} />
            <SubmitButton name="step" value={BEGIN} busy={words.adding} className="self-start">
              {words.add}
            </SubmitButton>
          </>
        );
      }}
    </Form>
  );
}

function Removal({ state, words }: { state: FormState; words: AppWords }) {
  return (
    <details className="group" open={state.status === "refused"}>
      <summary className="inline-flex min-h-11 cursor-pointer items-center rounded-md font-medium text-ink underline decoration-edge underline-offset-4 hover:text-door">
        {words.removeTitle}
      </summary>
      <div className="mt-3 grid gap-4">
        <p className="text-[0.9375rem] leading-relaxed text-soft">{words.removeText}</p>
        <ProofField state={state} path={HERE} words={words.proof} />
        <SubmitButton
          name="step"
          value={REMOVE}
          look="alarm"
          busy={words.removing}
          className="justify-self-start"
        >
          {words.remove}
        </SubmitButton>
      </div>
    </details>
  );
}
