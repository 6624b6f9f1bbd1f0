import type { FormState } from "@/forms/form-state";
import { Field } from "./field";

/** The address that a person signs up and in with: to password managers it is the user name. */
export function EmailField({ state }: { state: FormState }) {
  return (
    <Field
      name="email"
      label="Email"
      state={state}
      type="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      required
    />
  );
}
