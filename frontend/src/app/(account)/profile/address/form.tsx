"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { Words } from "@/words/words";
import { changeAddress } from "./actions";

export function AddressForm({ email, words }: { email: string; words: Words["address"] }) {
  return (
    <Form action={changeAddress}>
      {(state) => (
        <>
          <UsernameField email={email} />
          <Field
            name="new_email"
            label={words.newAddress}
            state={state}
            type="email"
            autoComplete="email"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <PasswordField label={words.password} state={state} autoComplete="current-password" />
          <SubmitButton busy={words.sending} className="self-start">
            {words.change}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
