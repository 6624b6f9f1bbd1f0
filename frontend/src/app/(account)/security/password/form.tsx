"use client";

import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { PasswordRules } from "@/lib/strength/rules";
import type { Words } from "@/words/words";
import { changePassword } from "./actions";

interface PasswordFormProps {
  email: string;
  name: string;
  rules: PasswordRules | undefined;
  words: Words["changePassword"] & Pick<Words, "newPassword">;
}

export function PasswordForm({ email, name, rules, words }: PasswordFormProps) {
  return (
    <Form action={changePassword}>
      {(state) => (
        <>
          <UsernameField email={email} />
          <PasswordField
            name="current_password"
            label={words.current}
            state={state}
            autoComplete="current-password"
          />
          <NewPasswordField
            name="new_password"
            label={words.new}
            state={state}
            rules={rules}
            words={words.newPassword}
            personName={name}
          />
          <SubmitButton busy={words.changing} className="self-start">
            {words.change}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
