"use client";

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useFormStatus } from "react-dom";
import { useShared } from "@/components/shared-words";
import type { FormState, Refused } from "@/forms/form-state";
import { fill } from "@/lib/fill";
import { Field } from "./field";

interface PasswordFieldProps {
  label: string;
  name?: string;
  id?: string;
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
  id = name,
  state,
  autoComplete,
  hint,
  meter,
}: PasswordFieldProps) {
  const { form } = useShared();
  const [visible, setVisible] = useState(false);
  const [typed, setTyped] = useState("");
  const [capsLock, setCapsLock] = useState(false);
  const seeCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  const input = useRef<HTMLInputElement>(null);

  // Read what was typed or filled in before this component ran.
  useEffect(() => setTyped(input.current?.value ?? ""), []);

  const { data, pending } = useFormStatus();
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
      id={id}
      name={name}
      label={label}
      state={state}
      // A password manager saves what is sent from a password field.
      type={visible && !pending ? "text" : "password"}
      // React restores this value when it resets the form after its action. The server never sends it.
      defaultValue={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={seeCapsLock}
      onKeyUp={seeCapsLock}
      onBlur={() => setCapsLock(false)}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      required
      hint={hint}
      aside={
        <span role="status" className="text-soft">
          {capsLock ? form.capsLock : ""}
        </span>
      }
      button={
        <button
          type="button"
          aria-controls={id}
          aria-label={fill(visible ? form.hideField : form.showField, { field: label })}
          onClick={() => setVisible(!visible)}
          className="needs-script absolute inset-y-1 end-1 rounded-md px-3 text-sm text-soft underline-offset-4 hover:text-ink hover:underline focus-visible:outline-offset-0"
        >
          {visible ? form.hide : form.show}
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
