"use client";

import { EmailField } from "@/components/form/email-field";
import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { PasswordRules } from "@/lib/strength/rules";
import { signup } from "./actions";

export function SignupForm({ next, rules }: { next: string; rules: PasswordRules | undefined }) {
  return (
    <Form action={signup}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <Field
            name="name"
            label="Name"
            optional
            state={state}
            autoComplete="name"
            dir="auto"
            maxLength={200}
          />
          <EmailField state={state} />
          <NewPasswordField label="Password" state={state} rules={rules} />
          <SubmitButton busy="Creating your account…">Create account</SubmitButton>
        </>
      )}
    </Form>
  );
}
