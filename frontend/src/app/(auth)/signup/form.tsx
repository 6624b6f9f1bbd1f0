"use client";

import { EmailField } from "@/components/form/email-field";
import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { NewPasskey } from "@/components/form/new-passkey";
import { NewPasswordField } from "@/components/form/new-password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { useShared } from "@/components/shared-words";
import type { FormState } from "@/forms/form-state";
import type { PasswordRules } from "@/lib/strength/rules";
import type { Words } from "@/words/words";
import { signup } from "./actions";
import { SAVE_PASSKEY, WITH_PASSKEY, WITH_PASSWORD } from "./ways";

interface SignupFormProps {
  next: string;
  rules: PasswordRules | undefined;
  withPassword: boolean;
  withPasskey: boolean;
  words: Words["signup"] & Pick<Words, "newPassword">;
}

export function SignupForm({ next, rules, withPassword, withPasskey, words }: SignupFormProps) {
  return (
    <Form action={signup}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <Field
            name="name"
            label={words.name}
            optional
            state={state}
            autoComplete="name"
            dir="auto"
            maxLength={200}
          />
          <EmailField state={state} />
          {withPassword && (
            <>
              <NewPasswordField
                label={words.password}
                state={state}
                rules={rules}
                words={words.newPassword}
              />
              <SubmitButton name="way" value={WITH_PASSWORD} busy={words.creating}>
                {words.create}
              </SubmitButton>
            </>
          )}
          {withPasskey && <WithPasskey state={state} isOnly={!withPassword} words={words} />}
        </>
      )}
    </Form>
  );
}

interface WithPasskeyProps {
  state: FormState;
  isOnly: boolean;
  words: Words["signup"];
}

/** The browser makes the passkey once the service has taken the address. */
function WithPasskey({ state, isOnly, words }: WithPasskeyProps) {
  const { form } = useShared();
  if (state.once?.kind === "passkey") {
    return (
      <NewPasskey
        options={state.once.options}
        state={state}
        text={words.passkeyAsks}
        name="way"
        value={SAVE_PASSKEY}
      >
        {words.makePasskey}
      </NewPasskey>
    );
  }
  return (
    <>
      <SubmitButton
        name="way"
        value={WITH_PASSKEY}
        look={isOnly ? "solid" : "quiet"}
        className="needs-script"
        busy={words.starting}
      >
        {words.withPasskey}
      </SubmitButton>
      {isOnly && <p className="without-script text-sm">{form.passkey.needsScript}</p>}
    </>
  );
}
