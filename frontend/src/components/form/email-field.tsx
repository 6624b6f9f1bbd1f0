import type { FormState } from "@/forms/form-state";
import { Field } from "./field";

/** The address for signing up and signing in. Password managers treat it as the user name. */
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
