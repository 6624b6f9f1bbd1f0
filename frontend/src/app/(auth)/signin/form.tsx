"use client";

import { lazy, Suspense } from "react";
import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { signin } from "./actions";
import { FORGOTTEN, WITH_LINK, WITH_PASSWORD } from "./ways";

interface SigninFormProps {
  next: string;
  /** Whether the service sends links to sign in. */
  byMail: boolean;
  /** Whether it sends links to choose a new password. */
  canForget: boolean;
  /** Whether accounts can have passkeys. */
  passkeys: boolean;
  words: Words["signin"];
}

/** Scripts load it after the form: most people type, and nobody waits for it. */
const Passkey = lazy(() => import("./passkey").catch(() => ({ default: () => null })));

export function SigninForm({ next, byMail, canForget, passkeys, words }: SigninFormProps) {
  return (
    <Form action={signin}>
      {(state) => (
        <>
          <input type="hidden" name="next" value={next} />
          <EmailField state={state} autoComplete="username webauthn" />
          <PasswordField label={words.password} state={state} autoComplete="current-password" />
          <SubmitButton name="way" value={WITH_PASSWORD} busy={words.signingIn}>
            {words.signIn}
          </SubmitButton>
          {passkeys && (
            <Suspense>
              <Passkey state={state}>{words.withPasskey}</Passkey>
            </Suspense>
          )}
          {byMail && (
            <SubmitButton name="way" value={WITH_LINK} look="quiet" busy={words.oneMoment}>
              {words.sendLink}
            </SubmitButton>
          )}
          {canForget && (
            <SubmitButton name="way" value={FORGOTTEN} look="plain" busy={words.oneMoment}>
              {words.forgot}
            </SubmitButton>
          )}
        </>
      )}
    </Form>
  );
}
