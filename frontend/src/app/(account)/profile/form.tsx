"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import { updateName } from "./actions";

export function NameForm({ name }: { name: string }) {
  return (
    <Form action={updateName}>
      {(state) => (
        <>
          <Field
            name="name"
            label="Name"
            hint="The name that we greet you with. You can leave it empty."
            state={state}
            defaultValue={state.status === "refused" ? state.values.name : name}
            autoComplete="name"
            dir="auto"
            maxLength={200}
          />
          <SubmitButton busy="Saving…" className="self-start">
            Save name
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
