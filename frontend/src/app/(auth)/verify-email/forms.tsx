"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { PasswordField } from "@/components/form/password-field";
import { SubmitButton } from "@/components/form/submit-button";
import { confirmAddress, sendAgain, signinAndConfirm } from "./actions";

export function ConfirmForm() {
  return (
    <Form action={confirmAddress}>
      {() => <SubmitButton busy="Confirming…">Confirm address</SubmitButton>}
    </Form>
  );
}

export function SigninAndConfirmForm({ typed }: { typed: string }) {
  return (
    <Form action={signinAndConfirm}>
      {(state) => (
        <>
          <EmailField state={state} typed={typed} />
          <PasswordField label="Password" state={state} autoComplete="current-password" />
          <SubmitButton busy="Signing in…">Sign in and confirm</SubmitButton>
        </>
      )}
    </Form>
  );
}

export function SendAgainForm({ typed }: { typed: string }) {
  return (
    <Form action={sendAgain}>
      {(state) => (
        <>
          <EmailField state={state} typed={typed} />
          <SubmitButton look="quiet" busy="Sending…">
            Send the mail again
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
