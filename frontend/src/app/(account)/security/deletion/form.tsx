"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import { fill } from "@/lib/fill";
import type { Words } from "@/words/words";
import { HERE } from "../path";
import { deleteAccount } from "./actions";

interface DeleteAccountFormProps {
  hasPassword: boolean;
  email: string;
  words: Words["deletion"] & Pick<Words, "proof">;
}

export function DeleteAccountForm({ hasPassword, email, words }: DeleteAccountFormProps) {
  return (
    <Form action={deleteAccount}>
      {(state) => (
        <>
          <UsernameField email={email} />
          {hasPassword && (
            <PasswordField label={words.password} state={state} autoComplete="current-password" />
          )}
          <Field
            name="confirmation"
            label={fill(words.typeToConfirm, { confirmation: words.confirmation })}
            state={state}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <ProofField state={state} path={HERE} words={words.proof} />
          <SubmitButton look="alarm" busy={words.deleting} className="self-start">
            {words.delete}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
