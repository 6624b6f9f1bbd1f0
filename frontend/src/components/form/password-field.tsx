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
  /** Shows something about the password while it is typed. */
  meter?: (typed: string) => ReactNode;
}

/** After a refusal the browser keeps what was typed, unless the password itself was wrong. */
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

  // Read what was typed or filled in before this component ran.
  useEffect(() => setTyped(input.current?.value ?? ""), []);

  const { data } = useFormStatus();
  const [sent, setSent] = useState("");
  if (data && data.get(name) !== sent) setSent(String(data.get(name)));

  const [answered, setAnswered] = useState(state);
  if (state !== answered) {
    setAnswered(state);
    // Keep what was typed while the form was being sent: the answer is about the password before it.
    if (typed === sent && (state.status !== "refused" || isWrong(state, name))) setTyped("");
  }

  return (
    <Field
      ref={input}
      name={name}
      label={label}
      state={state}
      type={visible ? "text" : "password"}
      // React restores this value when it resets the form after its action. The server never sends it.
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

/** True if the wrong secret is this field's: the refusal names this field, or names none. */
function isWrong({ wrongSecret, errors }: Refused, name: string): boolean {
  return wrongSecret && (name in errors || Object.keys(errors).length === 0);
}
