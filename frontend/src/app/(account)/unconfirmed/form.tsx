"use client";

import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { sendVerification } from "./actions";

export function SendVerificationForm({ page }: { page: string }) {
  return (
    <Form action={sendVerification}>
      {() => (
        <>
          <input type="hidden" name="page" value={page} />
          <SubmitButton look="quiet" busy="Sending…" className="self-start">
            Send the mail again
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
