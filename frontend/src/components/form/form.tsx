"use client";

import { type ReactNode, useActionState, useEffect, useRef } from "react";
import { type FormState, IDLE } from "@/forms/form-state";
import { FormError } from "./form-error";

interface FormProps {
  id?: string;
  action: (state: FormState, data: FormData) => Promise<FormState>;
  children: (state: FormState) => ReactNode;
}

/** A form with its action. It works without scripts; with them, the focus moves to the first field to correct. */
export function Form({ id, action, children }: FormProps) {
  const [state, submit] = useActionState(action, IDLE);
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
    <form ref={form} id={id} action={submit} noValidate className="flex flex-col gap-3">
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
