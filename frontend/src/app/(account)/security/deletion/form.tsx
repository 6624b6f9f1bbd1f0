"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import { deleteAccount } from "./actions";
import { CONFIRMATION } from "./words";

export function DeleteAccountForm({ email }: { email: string }) {
  return (
    <Form action={deleteAccount}>
      {(state) => (
        <>
          <UsernameField email={email} />
          <PasswordField label="Password" state={state} autoComplete="current-password" />
          <Field
            name="confirmation"
            label={`Type “${CONFIRMATION}” to confirm`}
            state={state}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <SubmitButton look="alarm" busy="Deleting your account…" className="self-start">
            Delete account
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
