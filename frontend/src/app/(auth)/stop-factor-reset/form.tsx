"use client";

import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { stopByMail } from "./actions";

export function StopForm({ words }: { words: Words["factorReset"] }) {
  return (
    <Form action={stopByMail}>
      {() => (
        <SubmitButton look="alarm" busy={words.stopping}>
          {words.stop}
        </SubmitButton>
      )}
    </Form>
  );
}
