"use client";

import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { sendVerification } from "./actions";

export function SendVerificationForm({ page, words }: { page: string; words: Words["unconfirmed"] }) {
  return (
    <Form action={sendVerification}>
      {() => (
        <>
          <input type="hidden" name="page" value={page} />
          <SubmitButton look="quiet" busy={words.sending} className="self-start">
            {words.send}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
