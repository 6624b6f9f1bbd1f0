"use client";

import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { Words } from "@/words/words";
import { reauthenticate } from "./actions";

interface ReauthenticateFormProps {
  email: string;
  next: string;
  words: Words["reauthenticate"];
}

export function ReauthenticateForm({ email, next, words }: ReauthenticateFormProps) {
  return (
    <Form action={reauthenticate}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <UsernameField email={email} />
          <PasswordField label={words.password} state={state} autoComplete="current-password" />
          <SubmitButton busy={words.continuing}>{words.continue}</SubmitButton>
        </>
      )}
    </Form>
  );
}
