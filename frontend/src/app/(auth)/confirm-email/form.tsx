"use client";

import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { confirmChange } from "./actions";

export function ConfirmChangeForm() {
  return (
    <Form action={confirmChange}>
      {() => <SubmitButton busy="Confirming…">Confirm new address</SubmitButton>}
    </Form>
  );
}
