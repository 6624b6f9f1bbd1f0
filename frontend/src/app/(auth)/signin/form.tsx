"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { signin } from "./actions";
import { FORGOTTEN, WITH_LINK, WITH_PASSWORD } from "./ways";

interface SigninFormProps {
  next: string;
  /** Whether the service sends links to sign in. */
  byMail: boolean;
  /** Whether it sends links to choose a new password. */
  canForget: boolean;
}

export function SigninForm({ next, byMail, canForget }: SigninFormProps) {
  return (
    <Form action={signin}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <EmailField state={state} />
          <PasswordField label="Password" state={state} autoComplete="current-password" />
          <SubmitButton name="way" value={WITH_PASSWORD} busy="Signing in…">
            Sign in
          </SubmitButton>
          {byMail && (
            <SubmitButton name="way" value={WITH_LINK} look="quiet" busy="One moment…">
              Send me a link
            </SubmitButton>
          )}
          {canForget && (
            <SubmitButton name="way" value={FORGOTTEN} look="plain" busy="One moment…">
              Forgot your password?
            </SubmitButton>
          )}
        </>
      )}
    </Form>
  );
}
