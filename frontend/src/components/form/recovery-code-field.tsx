import type { FormState } from "@/forms/form-state";
import { Field } from "./field";

interface RecoveryCodeFieldProps {
  label: string;
  hint: string;
  state: FormState;
}

/** Small letters, spaces and hyphens make no difference. */
export function RecoveryCodeField(props: RecoveryCodeFieldProps) {
  return (
    <Field
      name="code"
      autoComplete="off"
      autoCapitalize="characters"
      spellCheck={false}
      maxLength={30}
      required
      {...props}
    />
  );
}
