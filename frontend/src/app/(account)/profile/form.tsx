"use client";

import { Field } from "@/components/form/field";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { updateName } from "./actions";

export function NameForm({ name, words }: { name: string; words: Words["profile"] }) {
  return (
    <Form action={updateName}>
      {(state) => (
        <>
          <Field
            name="name"
            label={words.name}
            hint={words.nameHint}
            state={state}
            defaultValue={state.status === "refused" ? state.values.name : name}
            autoComplete="name"
            dir="auto"
            maxLength={200}
          />
          <SubmitButton busy={words.saving} className="self-start">
            {words.saveName}
          </SubmitButton>
        </>
      )}
    </Form>
  );
}
