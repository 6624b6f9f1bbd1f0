"use client";

import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { confirmChange } from "./actions";

export function ConfirmChangeForm({ words }: { words: Words["confirmEmail"] }) {
  return (
    <Form action={confirmChange}>
      {() => <SubmitButton busy={words.confirming}>{words.confirm}</SubmitButton>}
    </Form>
  );
}
