"use client";

import { EmailField } from "@/components/form/email-field";
import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { askForLink, signinByCode, signinByLink } from "./actions";

export function AskForm({ typed, next }: { typed: string; next: string }) {
  return (
    <Form action={askForLink}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <EmailField state={state} typed={typed} />
          <SubmitButton busy="Sending…">Send me a link</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function CodeForm({ next }: { next: string }) {
  return (
    <Form action={signinByCode}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <Field
            name="code"
            label="Code from the mail"
            hint="Eight letters and digits, such as K7QX-2MPR."
            state={state}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={30}
            required
          />
          <SubmitButton busy="Signing in…">Sign in</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function LinkForm({ next }: { next: string }) {
  return (
    <Form action={signinByLink}>
      {() => (
        <>
          <input type="hidden" name="next" value={next} />
          <SubmitButton busy="Signing in…">Sign in</SubmitButton>
        </>
      )}
    </Form>
  );
}
