"use client";

import { type ComponentProps, type ReactNode, useState } from "react";
import { useShared } from "@/components/shared-words";
import { Input } from "@/components/ui/input";
import type { FormState } from "@/forms/form-state";

interface FieldProps extends Omit<ComponentProps<"input">, "name"> {
  name: string;
  label: string;
  state: FormState;
  /** Says beside the label that the field may stay empty. */
  optional?: boolean;
  hint?: ReactNode;
  /** Shown at the end of the label's line. */
  aside?: ReactNode;
  /** A button at the end of the input. In the page it comes after the input, so that Tab leads there last. */
  button?: ReactNode;
}

/**
 * A label, an input, and one line below it: the error about what was typed, or advice, or the hint. The line is always
 * there, so an error moves nothing. The error goes away as soon as the person corrects the field.
 */
export function Field({
  name,
  id = name,
  label,
  state,
  optional,
  hint,
  aside,
  button,
  children,
  onInput,
  className = "",
  ...input
}: FieldProps) {
  const { form } = useShared();
  const [corrected, setCorrected] = useState<FormState>();
  const refused = fieldState(state, name);
  const error = state === corrected ? undefined : refused.error;
  const errorId = `${id}-error`;
  const hintId = `${id}-hint`;
  const describedBy = [error ? errorId : "", hint ? hintId : ""].filter(Boolean).join(" ");
  return (
    <div className="one-line-below grid gap-1.5">
      <div className="flex min-h-6 items-center justify-between gap-4 text-sm">
        <label htmlFor={id} className="font-medium">
          {label}
          {optional && <span className="font-normal text-soft"> {form.optional}</span>}
        </label>
        {aside}
      </div>
      <div className="relative">
        <Input
          id={id}
          name={name}
          defaultValue={refused.value}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy || undefined}
          // Without scripts the answer is a new page: this puts the focus on its error.
          autoFocus={error !== undefined}
          onInput={(event) => {
            setCorrected(state);
            onInput?.(event);
          }}
          className={`min-w-0 ${button ? "pe-24 max-[15rem]:ps-2 max-[15rem]:pe-20" : ""} ${className}`}
          {...input}
        />
        {button}
      </div>
      {children}
      <div data-line className="min-h-5 text-pretty text-sm leading-snug">
        {error && (
          <p id={errorId} role="alert" className="animate-appear text-alarm">
            {error}
          </p>
        )}
        {hint && (
          <p id={hintId} data-hint className="text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

function fieldState(state: FormState, name: string): { error?: string; value?: string } {
  return state.status === "refused" ? { error: state.errors[name], value: state.values[name] } : {};
}
