"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { deleteAccount } from "./actions";
import { CONFIRMATION } from "./words";

export function DeleteAccountForm() {
  return (
    <Form action={deleteAccount}>
      {(state) => (
        <>
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
