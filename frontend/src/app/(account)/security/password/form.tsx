"use client";

import { Form } from "@/components/form/form";
import { NewPasswordField } from "@/components/form/new-password-field";
import { PasswordField } from "@/components/form/password-field";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import type { PasswordRules } from "@/lib/strength/rules";
import type { Words } from "@/words/words";
import { HERE } from "../path";
import { changePassword } from "./actions";

interface PasswordFormProps {
  hasPassword: boolean;
  email: string;
  name: string;
  rules: PasswordRules | undefined;
  words: Words["changePassword"] & Pick<Words, "newPassword" | "proof">;
}

export function PasswordForm({ hasPassword, email, name, rules, words }: PasswordFormProps) {
  return (
    <Form action={changePassword}>
      {(state) => (
        <>
          <UsernameField email={email} />
          {hasPassword && (
            <PasswordField
              name="current_password"
              label={words.current}
              state={state}
              autoComplete="current-password"
            />
          )}
          <NewPasswordField
            name="new_password"
            label={words.new}
            state={state}
            rules={rules}
            words={words.newPassword}
            personName={name}
          />
          <ProofField state={state} path={HERE} words={words.proof} />
          <SubmitButton busy={hasPassword ? words.changing : words.setting} className="self-start">
            {hasPassword ? words.change : words.set}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
