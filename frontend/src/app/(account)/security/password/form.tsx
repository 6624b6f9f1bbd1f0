"use client";

import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { PasswordRules } from "@/lib/strength/rules";
import { changePassword } from "./actions";

interface PasswordFormProps {
  email: string;
  name: string;
  rules: PasswordRules | undefined;
}

export function PasswordForm({ email, name, rules }: PasswordFormProps) {
  return (
    <Form action={changePassword}>
      {(state) => (
        <>
          <UsernameField email={email} />
          <PasswordField
            name="current_password"
            label="Current password"
            state={state}
            autoComplete="current-password"
          />
          <NewPasswordField
            name="new_password"
            label="New password"
            state={state}
            rules={rules}
            personName={name}
          />
          <SubmitButton busy="Changing your password…" className="self-start">
            Change password
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
