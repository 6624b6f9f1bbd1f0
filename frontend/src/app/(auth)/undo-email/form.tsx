"use client";

import { EmailField } from "@/components/form/email-field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { undoChange } from "./actions";

export function UndoForm() {
  return (
    <Form action={undoChange}>
      {(state) => (
        <>
          <EmailField
            state={state}
            label="Your former address"
            hint="The address at which you got our mail."
          />
          <SubmitButton look="alarm" busy="Taking it back…">
            Take the change back
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
