"use client";

import { CodeField } from "@/components/form/code-field";
import { Form } from "@/components/form/form";
import { PasskeyButton } from "@/components/form/passkey-button";
import { PasswordField } from "@/components/form/password-field";
import { RecoveryCodeField } from "@/components/form/recovery-code-field";
import { SubmitButton } from "@/components/form/submit-button";
import { UsernameField } from "@/components/form/username-field";
import { useShared } from "@/components/shared-words";
import { askForProof } from "@/forms/ask-for-proof";
import type { Words } from "@/words/words";
import { reauthenticate, reauthenticateWithCode, reauthenticateWithPasskey, signinAgain } from "./actions";
import { here } from "./path";

interface FormProps {
  next: string;
  words: Words["reauthenticate"];
}

export function PasswordForm({ email, next, words }: FormProps & { email: string }) {
  return (
    <Form action={reauthenticate}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <UsernameField email={email} />
          <PasswordField label={words.password} state={state} autoComplete="current-password" />
          <SubmitButton busy={words.oneMoment}>{words.continue}</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function PasskeyForm({ next, label }: { next: string; label: string }) {
  const { form } = useShared();
  return (
    <Form action={reauthenticateWithPasskey}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <PasskeyButton ask={() => askForProof(here(next))} state={state} field="assertion">
            {label}
          </PasskeyButton>
          <p className="without-script text-center">{form.passkey.needsScript}</p>
        </>
      )}
    </Form>
  );
}

interface CodeFormProps extends FormProps {
  factor: "totp" | "recovery_code";
  fields: Words["secondStep"];
}

export function CodeForm({ factor, next, words, fields }: CodeFormProps) {
  return (
    <Form action={reauthenticateWithCode}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <input type="hidden" name="factor" value={factor} />
          {factor === "totp" ? (
            <CodeField label={fields.code} hint={fields.codeHint} state={state} sendsItself />
          ) : (
            <RecoveryCodeField label={fields.recoveryCode} hint={fields.recoveryHint} state={state} />
          )}
          <SubmitButton busy={words.oneMoment}>{words.continue}</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function MailForm({ next, words }: FormProps) {
  return (
    <Form action={signinAgain}>
      {() => (
        <>
          <input type="hidden" name="next" value={next} />
          <SubmitButton busy={words.oneMoment}>{words.byMail}</SubmitButton>
        </>
      )}
    </Form>
  );
}
