"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { signin } from "./actions";

export function SigninForm({ next }: { next: string }) {
  return (
    <Form action={signin}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <EmailField state={state} />
          <PasswordField label="Password" state={state} autoComplete="current-password" />
          <SubmitButton busy="Signing in…">Sign in</SubmitButton>
        </>
      )}
    </Form>
  );
}
