"use client";

import type { FormState } from "@/lib/form-state";
import { type PasswordRules, passwordStrength } from "@/lib/password-strength";
import { PasswordField } from "./password-field";

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

const STEPS = [1, 2, 3, 4] as const;

function StrengthMeter({ typed, rules }: { typed: string; rules: PasswordRules }) {
  const { level, words } = passwordStrength(typed, rules);
  return (
    <div className="needs-script flex min-h-5 items-center gap-3 text-sm text-soft">
      <div aria-hidden="true" className="flex flex-1 gap-1">
        {STEPS.map((step) => (
          <span
            key={step}
            className={`h-1 flex-1 rounded-full transition-colors ${level >= step ? "bg-door" : "bg-line"}`}
          />
        ))}
      </div>
      {typed && <span>{words}</span>}
    </div>
  );
}
