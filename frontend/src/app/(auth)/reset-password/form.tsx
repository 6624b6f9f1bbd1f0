"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { PasswordRules } from "@/lib/strength/rules";
import { resetPassword } from "./actions";

interface ResetFormProps {
  /** The address that asked for the link in this browser, or "". Only the person's password manager needs it. */
  email: string;
  rules: PasswordRules | undefined;
}

export function ResetForm({ email, rules }: ResetFormProps) {
  return (
    <Form action={resetPassword}>
      {(state) => (
        <>
          {email ? (
            <UsernameField email={email} />
          ) : (
            <EmailField state={state} optional hint="Only for your password manager." />
          )}
          <NewPasswordField name="new_password" label="New password" state={state} rules={rules} />
          <SubmitButton busy="Saving…">Save new password</SubmitButton>
        </>
      )}
    </Form>
  );
}
