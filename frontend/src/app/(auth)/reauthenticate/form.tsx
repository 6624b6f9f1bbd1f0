"use client";

import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import { reauthenticate } from "./actions";

export function ReauthenticateForm({ email, next }: { email: string; next: string }) {
  return (
    <Form action={reauthenticate}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <UsernameField email={email} />
          <PasswordField label="Password" state={state} autoComplete="current-password" />
          <SubmitButton busy="One moment…">Continue</SubmitButton>
        </>
      )}
    </Form>
  );
}
