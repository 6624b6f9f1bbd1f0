"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { forget } from "./actions";

export function ForgotForm({ typed, words }: { typed: string; words: Words["forgotPassword"] }) {
  return (
    <Form action={forget}>
      {(state) => (
        <>
          <EmailField state={state} typed={typed} />
          <SubmitButton busy={words.sending}>{words.send}</SubmitButton>
        </>
      )}
    </Form>
  );
}
