"use client";

import { type ReactNode, useActionState, useEffect, useRef } from "react";
import { type FormState, IDLE } from "@/forms/form-state";
import { FormError } from "./form-error";

interface FormProps {
  action: (state: FormState, data: FormData) => Promise<FormState>;
  children: (state: FormState) => ReactNode;
}

/** A form with its action. It works without scripts; with them, the focus moves to the first field to correct. */
export function Form({ action, children }: FormProps) {
  const [state, submit] = useActionState(action, IDLE);
  return (
    <FormOf state={state} submit={submit}>
      {children}
    </FormOf>
  );
}

interface FormOfProps extends Pick<FormProps, "children"> {
  state: FormState;
  submit: (data: FormData) => void;
}

/** One of several forms that have the same action: `state` is idle while it is about another one. */
export function FormOf({ state, submit, children }: FormOfProps) {
  const form = useRef<HTMLFormElement>(null);
  const outcome = useRef<HTMLParagraphElement>(null);
  const error = useRef<HTMLParagraphElement>(null);

  useEffect(() => {
    if (state.status === "refused") {
      (firstToCorrect(form.current) ?? error.current)?.focus();
      error.current?.scrollIntoView({ block: "nearest" });
    }
    // The pressed button may be gone, together with what it was about.
    else if (state.status === "saved" && document.activeElement === document.body) outcome.current?.focus();
  }, [state]);

  return (
    <form ref={form} action={submit} noValidate className="flex flex-col gap-3">
      {children(state)}
      {/* After the button, so that it moves no field and no button. */}
      {state.status === "refused" && state.message && <FormError ref={error} refused={state} />}
      {/* Always in the page, so that screen readers announce the text that appears in it. */}
      <p
        ref={outcome}
        role="status"
        tabIndex={-1}
        // biome-ignore lint/a11y/noAutofocus: without scripts the answer is a new page, and its message gets the focus
        autoFocus={state.status === "saved"}
        className="text-sm text-door outline-none empty:-mt-3"
      >
        {state.status === "saved" ? state.message : ""}
      </p>
    </form>
  );
}

/** The first refused field, or otherwise the first field to fill in again. */
function firstToCorrect(form: HTMLFormElement | null): HTMLElement | null | undefined {
  return (
    form?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form?.querySelector("input:required:invalid")
  );
}
