"use client";

import { AppEnrolment } from "@/components/app-enrolment";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { BEGIN } from "@/forms/enrolment-steps";
import type { Words } from "@/words/words";
import { enrol } from "./actions";

interface EnrolFormProps {
  next: string;
  words: Words["authenticator"] & Words["enrol"];
}

export function EnrolForm({ next, words }: EnrolFormProps) {
  return (
    <Form action={enrol}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          {state.once?.kind === "app" ? (
            <AppEnrolment begun={state.once} state={state} cancel="/signin" words={words} />
          ) : (
            <>
              <p className="mb-2 text-center text-sm leading-relaxed text-pretty text-soft">{words.text}</p>
              <SubmitButton name="step" value={BEGIN} busy={words.adding}>
                {words.add}
              </SubmitButton>
            </>
          )}
        </>
      )}
    </Form>
  );
}
