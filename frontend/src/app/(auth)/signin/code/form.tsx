"use client";

import { Checkbox } from "@/components/form/checkbox";
import { CodeField } from "@/components/form/code-field";
import { Form } from "@/components/form/form";
import { PasskeyButton } from "@/components/form/passkey-button";
import { RecoveryCodeField } from "@/components/form/recovery-code-field";
import { SubmitButton } from "@/components/form/submit-button";
import { useShared } from "@/components/shared-words";
import type { Words } from "@/words/words";
import { signinWithCode, signinWithPasskey } from "./actions";

interface SecondStepFormProps {
  factor: "totp" | "recovery_code";
  /** The offer to trust this browser, or nothing if the service does not. */
  trust: string | undefined;
  next: string;
  words: Words["secondStep"];
}

export function SecondStepForm({ factor, trust, next, words }: SecondStepFormProps) {
  return (
    <Form action={signinWithCode}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <input type="hidden" name="factor" value={factor} />
          {/* Before the field, since a complete code sends itself. */}
          {trust && <Checkbox name="trust" label={trust} hint={words.trustHint} state={state} />}
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

interface PasskeyStepFormProps {
  /** What the browser needs, as the API gave it with the first step. */
  options: string;
  trust: string | undefined;
  next: string;
  words: Words["secondStep"];
}

export function PasskeyStepForm({ options, trust, next, words }: PasskeyStepFormProps) {
  const { form } = useShared();
  return (
    <Form action={signinWithPasskey}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          {trust && (
            <div className="needs-script">
              <Checkbox name="trust" label={trust} hint={words.trustHint} state={state} />
            </div>
          )}
          <PasskeyButton ask={async () => ({ options })} state={state} field="assertion">
            {words.usePasskey}
          </PasskeyButton>
          <p className="without-script text-center text-balance">{form.passkey.needsScript}</p>
        </>
      )}
    </Form>
  );
}
