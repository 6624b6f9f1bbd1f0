import { useShared } from "@/components/shared-words";
import type { FormState } from "@/forms/form-state";
import { Field } from "./field";

interface EmailFieldProps {
  state: FormState;
  /** What the person has typed on another page. */
  typed?: string;
  label?: string;
  hint?: string;
  optional?: boolean;
  autoComplete?: string;
}

/** The address for signing up and signing in. Password managers treat it as the user name. */
export function EmailField({ state, typed, label, ...more }: EmailFieldProps) {
  const { form } = useShared();
  return (
    <Field
      name="email"
      label={label ?? form.email}
      state={state}
      type="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      defaultValue={state.status === "refused" ? state.values.email : typed}
      required={!more.optional}
      {...more}
    />
  );
}
