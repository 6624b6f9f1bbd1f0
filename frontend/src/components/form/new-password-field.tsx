"use client";

import type { FormState } from "@/forms/form-state";
import type { PasswordRules } from "@/lib/strength/rules";
import { PasswordField } from "./password-field";
import { StrengthMeter } from "./strength-meter";

interface NewPasswordFieldProps {
  label: string;
  name?: string;
  state: FormState;
  /** The rules of the service, if they are known. */
  rules: PasswordRules | undefined;
  /** The name of the person, if the form has no field for it. */
  personName?: string;
}

/** A field for a new password, with its rules and a strength meter. */
export function NewPasswordField({ rules, personName, ...field }: NewPasswordFieldProps) {
  return (
    <PasswordField
      {...field}
      autoComplete="new-password"
      hint={rules && `At least ${rules.minLength} characters. A few unrelated words are best.`}
      meter={rules && ((typed) => <StrengthMeter typed={typed} rules={rules} name={personName} />)}
    />
  );
}
