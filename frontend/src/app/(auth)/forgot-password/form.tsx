"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { forget } from "./actions";

export function ForgotForm({ typed }: { typed: string }) {
  return (
    <Form action={forget}>
      {(state) => (
        <>
          <EmailField state={state} typed={typed} />
          <SubmitButton busy="Sending…">Send me a link</SubmitButton>
        </>
      )}
    </Form>
  );
}
