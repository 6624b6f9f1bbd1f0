import type { ComponentProps, ReactNode } from "react";
import { Input } from "@/components/ui/input";
import type { FormState } from "@/forms/form-state";

interface FieldProps extends Omit<ComponentProps<"input">, "name"> {
  name: string;
  label: string;
  state: FormState;
  hint?: ReactNode;
  /** Shown at the end of the label's line: the word "optional", a link or a button. */
  aside?: ReactNode;
}

/** A label, an input, and the error about what was typed. */
export function Field({ name, label, state, hint, aside, children, ...input }: FieldProps) {
  const { error, value } = fieldState(state, name);
  const errorId = `${name}-error`;
  const hintId = `${name}-hint`;
  const describedBy = [error ? errorId : "", hint ? hintId : ""].filter(Boolean).join(" ");
  return (
    <div className="grid gap-1.5">
      <div className="flex min-h-6 items-center justify-between gap-4 text-sm">
        <label htmlFor={name} className="font-medium">
          {label}
        </label>
        {aside}
      </div>
      <Input
        id={name}
        name={name}
        defaultValue={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy || undefined}
        // Without scripts the answer is a new page: this puts the focus on its error.
        autoFocus={error !== undefined}
        {...input}
      />
      {error && (
        <p id={errorId} role="alert" className="animate-appear text-pretty text-sm leading-snug text-alarm">
          {error}
        </p>
      )}
      {hint && (
        <p id={hintId} className="text-pretty text-sm leading-snug text-soft">
          {hint}
        </p>
      )}
      {children}
    </div>
  );
}

function fieldState(state: FormState, name: string): { error?: string; value?: string } {
  return state.status === "refused" ? { error: state.errors[name], value: state.values[name] } : {};
}
