"use client";

import { Form } from "@/components/form/form";
import { NewPasskey } from "@/components/form/new-passkey";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { answerOffer } from "./actions";
import { ADD, LATER, NEVER, SAVE } from "./steps";

interface OfferFormProps {
  next: string;
  words: Words["offer"] & Pick<Words, "proof">;
}

export function OfferForm({ next, words }: OfferFormProps) {
  return (
    <Form action={answerOffer}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <p className="mb-2 text-center text-[0.9375rem] leading-relaxed text-pretty text-soft">
            {words.text}
          </p>
          {state.once?.kind === "passkey" ? (
            <NewPasskey options={state.once.options} state={state} text={words.asks} name="step" value={SAVE}>
              {words.create}
            </NewPasskey>
          ) : (
            <>
              <ProofField
                state={state}
                path={`/signin/passkey?next=${encodeURIComponent(next)}`}
                words={words.proof}
              />
              <SubmitButton name="step" value={ADD} busy={words.adding} className="needs-script">
                {words.add}
              </SubmitButton>
            </>
          )}
          <SubmitButton name="step" value={LATER} look="quiet" busy={words.adding}>
            {words.later}
          </SubmitButton>
          <SubmitButton name="step" value={NEVER} look="plain" busy={words.adding}>
            {words.never}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
