"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { confirmAddress, sendAgain, signinAndConfirm } from "./actions";

export function ConfirmForm({ words }: { words: Words["verifyEmail"] }) {
  return (
    <Form action={confirmAddress}>
      {() => <SubmitButton busy={words.confirming}>{words.confirm}</SubmitButton>}
    </Form>
  );
}

interface SendAgainProps {
  typed: string;
  words: Words["verifyEmail"];
}

export function SigninAndConfirmForm({ typed, words, signin }: SendAgainProps & Pick<Words, "signin">) {
  return (
    <Form action={signinAndConfirm}>
      {(state) => (
        <>
          <EmailField state={state} typed={typed} />
          <PasswordField label={signin.password} state={state} autoComplete="current-password" />
          <SubmitButton busy={signin.signingIn}>{words.signInAndConfirm}</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function SendAgainForm({ typed, words }: SendAgainProps) {
  return (
    <Form action={sendAgain}>
      {(state) => (
        <>
          <EmailField state={state} typed={typed} />
          <SubmitButton look="quiet" busy={words.sending}>
            {words.again}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
