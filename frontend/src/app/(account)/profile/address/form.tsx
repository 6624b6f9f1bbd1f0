"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { Words } from "@/words/words";
import { changeAddress } from "./actions";

interface AddressFormProps {
  hasPassword: boolean;
  email: string;
  words: Words["address"] & Pick<Words, "proof">;
}

export function AddressForm({ hasPassword, email, words }: AddressFormProps) {
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
          {hasPassword && (
            <PasswordField label={words.password} state={state} autoComplete="current-password" />
          )}
          <ProofField state={state} path="/profile" words={words.proof} />
          <SubmitButton busy={words.sending} className="self-start">
            {words.change}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
