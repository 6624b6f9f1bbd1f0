"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { PasswordRules } from "@/lib/strength/rules";
import type { Words } from "@/words/words";
import { resetPassword } from "./actions";

interface ResetFormProps {
  /** The address that asked for the link in this browser, or "". Only the person's password manager needs it. */
  email: string;
  rules: PasswordRules | undefined;
  words: Words["resetPassword"] & Pick<Words, "newPassword">;
}

export function ResetForm({ email, rules, words }: ResetFormProps) {
  return (
    <Form action={resetPassword}>
      {(state) => (
        <>
          {email ? (
            <UsernameField email={email} />
          ) : (
            <EmailField state={state} optional hint={words.emailHint} />
          )}
          <NewPasswordField
            name="new_password"
            label={words.new}
            state={state}
            rules={rules}
            words={words.newPassword}
          />
          <SubmitButton busy={words.saving}>{words.save}</SubmitButton>
        </>
      )}
    </Form>
  );
}
