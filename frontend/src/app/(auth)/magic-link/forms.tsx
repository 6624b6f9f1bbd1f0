"use client";

import { EmailField } from "@/components/form/email-field";
import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { askForLink, signinByCode, signinByLink } from "./actions";

interface FormProps {
  next: string;
  words: Words["magicLink"];
}

export function AskForm({ typed, next, words }: FormProps & { typed: string }) {
  return (
    <Form action={askForLink}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <EmailField state={state} typed={typed} />
          <SubmitButton busy={words.sending}>{words.send}</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function CodeForm({ next, words }: FormProps) {
  return (
    <Form action={signinByCode}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <Field
            name="code"
            label={words.code}
            hint={words.codeHint}
            state={state}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={30}
            required
          />
          <SubmitButton busy={words.signingIn}>{words.signIn}</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function LinkForm({ next, words }: FormProps) {
  return (
    <Form action={signinByLink}>
      {() => (
        <>
          <input type="hidden" name="next" value={next} />
          <SubmitButton busy={words.signingIn}>{words.signIn}</SubmitButton>
        </>
      )}
    </Form>
  );
}
