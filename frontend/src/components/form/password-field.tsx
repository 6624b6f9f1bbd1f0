"use client";

import { useEffect, useRef, useState } from "react";
import type { FormState } from "@/lib/form-state";
import { type PasswordRules, passwordStrength } from "@/lib/password-strength";
import { Field } from "./field";

interface PasswordFieldProps {
  label: string;
  state: FormState;
  autoComplete: "current-password" | "new-password";
  /** For a password that is being chosen: the service's rules, shown with a meter. */
  rules?: PasswordRules;
}

export function PasswordField({ label, state, autoComplete, rules }: PasswordFieldProps) {
  const [visible, setVisible] = useState(false);
  const [typed, setTyped] = useState("");
  const anchor = useRef<HTMLDivElement>(null);

  // React empties the form after its action; the meter follows.
  useEffect(() => {
    const form = anchor.current?.closest("form");
    const clear = () => setTyped("");
    form?.addEventListener("reset", clear);
    return () => form?.removeEventListener("reset", clear);
  }, []);

  return (
    <div ref={anchor}>
      <Field
        name="password"
        label={label}
        state={state}
        type={visible ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required
        onInput={(event) => setTyped(event.currentTarget.value)}
        hint={rules && `At least ${rules.minLength} characters. A few unrelated words are best.`}
        aside={
          <button
            type="button"
            aria-controls="password"
            onClick={() => setVisible(!visible)}
            className="needs-script -mr-1 rounded px-1 py-0.5 text-soft underline-offset-4 hover:text-ink hover:underline"
          >
            {visible ? "Hide" : "Show"}
            <span className="sr-only"> password</span>
          </button>
        }
      >
        {rules && <StrengthMeter typed={typed} rules={rules} />}
      </Field>
    </div>
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
