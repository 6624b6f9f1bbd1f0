"use client";

import { CodeField } from "@/components/form/code-field";
import { Form } from "@/components/form/form";
import { RecoveryCodeField } from "@/components/form/recovery-code-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { signinWithCode } from "./actions";

interface SecondStepFormProps {
  factor: "totp" | "recovery_code";
  next: string;
  words: Words["secondStep"];
}

export function SecondStepForm({ factor, next, words }: SecondStepFormProps) {
  return (
    <Form action={signinWithCode}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <input type="hidden" name="factor" value={factor} />
          {factor === "totp" ? (
            <CodeField label={words.code} hint={words.codeHint} state={state} sendsItself />
          ) : (
            <RecoveryCodeField label={words.recoveryCode} hint={words.recoveryHint} state={state} />
          )}
          <SubmitButton busy={words.signingIn}>{words.signIn}</SubmitButton>
        </>
      )}
    </Form>
  );
}
