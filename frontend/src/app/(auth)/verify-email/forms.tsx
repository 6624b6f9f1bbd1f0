"use client";

import { useRef } from "react";
import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { PasskeyButton } from "@/components/form/passkey-button";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { useShared } from "@/components/shared-words";
import { optionsToSignIn } from "@/lib/passkey/options";
import type { Words } from "@/words/words";
import { WITH_PASSKEY, WITH_PASSWORD } from "../signin/ways";
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

interface SigninAndConfirmProps extends SendAgainProps, Pick<Words, "signin"> {
  /** Whether accounts can have passkeys. */
  passkeys: boolean;
  /** Whether a passkey signs in before the address is confirmed. Otherwise the API needs the address, too. */
  letsInUnproved: boolean;
}

export function SigninAndConfirmForm({
  typed,
  passkeys,
  letsInUnproved,
  words,
  signin,
}: SigninAndConfirmProps) {
  const { passkey } = useShared().form;
  const address = useRef<HTMLDivElement>(null);
  const ask = async () => {
    const field = address.current?.querySelector("input");
    if (!letsInUnproved && field?.value.trim() === "") {
      field.focus();
      return { message: signin.missingEmail };
    }
    return (await optionsToSignIn()) ?? { message: passkey.failures.unreachable };
  };
  return (
    <Form action={signinAndConfirm}>
      {(state) => (
        <>
          <div ref={address}>
            <EmailField state={state} typed={typed} />
          </div>
          <PasswordField label={signin.password} state={state} autoComplete="current-password" />
          <SubmitButton name="way" value={WITH_PASSWORD} busy={signin.signingIn}>
            {words.signInAndConfirm}
          </SubmitButton>
          {passkeys && (
            <PasskeyButton
              ask={ask}
              state={state}
              field="assertion"
              optional
              name="way"
              value={WITH_PASSKEY}
              look="quiet"
            >
              {words.confirmWithPasskey}
            </PasskeyButton>
          )}
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
