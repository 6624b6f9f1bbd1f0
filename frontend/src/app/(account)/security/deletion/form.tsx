"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import { fill } from "@/lib/fill";
import type { Words } from "@/words/words";
import { deleteAccount } from "./actions";

export function DeleteAccountForm({ email, words }: { email: string; words: Words["deletion"] }) {
  return (
    <Form action={deleteAccount}>
      {(state) => (
        <>
          <UsernameField email={email} />
          <PasswordField label={words.password} state={state} autoComplete="current-password" />
          <Field
            name="confirmation"
            label={fill(words.typeToConfirm, words)}
            state={state}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <SubmitButton look="alarm" busy={words.deleting} className="self-start">
            {words.delete}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
