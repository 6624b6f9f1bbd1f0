"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import { changeAddress } from "./actions";

export function AddressForm({ email }: { email: string }) {
  return (
    <Form action={changeAddress}>
      {(state) => (
        <>
          <UsernameField email={email} />
          <Field
            name="new_email"
            label="New address"
            state={state}
            type="email"
            autoComplete="email"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <PasswordField label="Password" state={state} autoComplete="current-password" />
          <SubmitButton busy="Sending…" className="self-start">
            Change address
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
