"use client";

import { EmailField } from "@/components/form/email-field";
import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { PasswordRules } from "@/lib/strength/rules";
import type { Words } from "@/words/words";
import { signup } from "./actions";

interface SignupFormProps {
  next: string;
  rules: PasswordRules | undefined;
  words: Words["signup"] & Pick<Words, "newPassword">;
}

export function SignupForm({ next, rules, words }: SignupFormProps) {
  return (
    <Form action={signup}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <Field
            name="name"
            label={words.name}
            optional
            state={state}
            autoComplete="name"
            dir="auto"
            maxLength={200}
          />
          <EmailField state={state} />
          <NewPasswordField label={words.password} state={state} rules={rules} words={words.newPassword} />
          <SubmitButton busy={words.creating}>{words.create}</SubmitButton>
        </>
      )}
    </Form>
  );
}
