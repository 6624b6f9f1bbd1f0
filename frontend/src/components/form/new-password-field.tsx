"use client";

import type { FormState } from "@/forms/form-state";
import type { PasswordRules } from "@/lib/strength/rules";
import { PasswordField } from "./password-field";
import { StrengthMeter } from "./strength-meter";

interface NewPasswordFieldProps {
  label: string;
  name?: string;
  state: FormState;
  /** The service's, where it has told them. */
  rules: PasswordRules | undefined;
}

/** A password that is being chosen, with the rules for it and a meter. */
export function NewPasswordField({ rules, ...field }: NewPasswordFieldProps) {
  return (
    <PasswordField
      {...field}
      autoComplete="new-password"
      hint={rules && `At least ${rules.minLength} characters. A few unrelated words are best.`}
      meter={rules && ((typed) => <StrengthMeter typed={typed} rules={rules} />)}
    />
  );
}
