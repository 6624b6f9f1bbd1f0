"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { useFormStatus } from "react-dom";
import type { FormState, Refused } from "@/forms/form-state";
import { Field } from "./field";

interface PasswordFieldProps {
  label: string;
  name?: string;
  state: FormState;
  autoComplete: "current-password" | "new-password";
  hint?: string;
  /** What is said about a password while it is typed. */
  meter?: (typed: string) => ReactNode;
}

/** What is typed stays in the browser through a refusal, unless it is the password that was wrong. */
export function PasswordField({
  label,
  name = "password",
  state,
  autoComplete,
  hint,
  meter,
}: PasswordFieldProps) {
  const [visible, setVisible] = useState(false);
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);

  // What was typed or filled in before this ran.
  useEffect(() => setTyped(input.current?.value ?? ""), []);

  const { data } = useFormStatus();
  const [sent, setSent] = useState("");
  if (data && data.get(name) !== sent) setSent(String(data.get(name)));

  const [answered, setAnswered] = useState(state);
  if (state !== answered) {
    setAnswered(state);
    // What was typed while the answer was awaited stays: it is about another password.
    if (typed === sent && (state.status !== "refused" || isWrong(state, name))) setTyped("");
  }

  return (
    <Field
      ref={input}
      name={name}
      label={label}
      state={state}
      type={visible ? "text" : "password"}
      // React puts this back when it resets the form after its action; the server never sends it.
      defaultValue={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      required
      hint={hint}
      aside={
        <button
          type="button"
          aria-controls={name}
          onClick={() => setVisible(!visible)}
          className="needs-script -mr-1 rounded px-1 py-0.5 text-soft underline-offset-4 hover:text-ink hover:underline"
        >
          {visible ? "Hide" : "Show"}
          <span className="sr-only"> {label.toLowerCase()}</span>
        </button>
      }
    >
      {meter?.(typed)}
    </Field>
  );
}

/** A secret that is wrong is this field's, unless another field is blamed for it. */
function isWrong({ wrongSecret, errors }: Refused, name: string): boolean {
  return wrongSecret && (name in errors || Object.keys(errors).length === 0);
}
