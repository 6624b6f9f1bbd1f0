"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { undoChange } from "./actions";

export function UndoForm({ words }: { words: Words["undoEmail"] }) {
  return (
    <Form action={undoChange}>
      {(state) => (
        <>
          <EmailField state={state} label={words.formerAddress} hint={words.formerHint} />
          <SubmitButton look="alarm" busy={words.undoing}>
            {words.undo}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
