"use client";

import { useShared } from "@/components/shared-words";
import type { FormState } from "@/forms/form-state";
import { counted } from "@/lib/fill";
import type { PasswordRules } from "@/lib/strength/rules";
import type { Words } from "@/words/words";
import { PasswordField } from "./password-field";
import { StrengthMeter } from "./strength-meter";

interface NewPasswordFieldProps {
  label: string;
  name?: string;
  state: FormState;
  words: Words["newPassword"];
  /** The rules of the service, if they are known. */
  rules: PasswordRules | undefined;
  /** The name of the person, if the form has no field for it. */
  personName?: string;
}

/** A field for a new password, with its rules and a strength meter. */
export function NewPasswordField({ rules, personName, words, ...field }: NewPasswordFieldProps) {
  const { language } = useShared();
  return (
    <PasswordField
      {...field}
      autoComplete="new-password"
      hint={rules && counted(words.hint, rules.minLength, language)}
      meter={
        rules && ((typed) => <StrengthMeter typed={typed} rules={rules} name={personName} words={words} />)
      }
    />
  );
}
