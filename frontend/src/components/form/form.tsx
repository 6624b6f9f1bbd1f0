"use client";

import { type ReactNode, useActionState, useEffect, useRef } from "react";
import { type FormState, IDLE } from "@/forms/form-state";
import { FormError } from "./form-error";

interface FormProps {
  action: (state: FormState, data: FormData) => Promise<FormState>;
  children: (state: FormState) => ReactNode;
}

/** A form around its action. It works before and without scripts; with them, focus goes to what needs mending. */
export function Form({ action, children }: FormProps) {
  const [state, submit] = useActionState(action, IDLE);
  const form = useRef<HTMLFormElement>(null);
  const outcome = useRef<HTMLParagraphElement>(null);

  useEffect(() => {
    if (state.status === "refused") firstToMend(form.current)?.focus();
    // Where the pressed button went with what it was about.
    else if (state.status === "saved" && document.activeElement === document.body) outcome.current?.focus();
  }, [state]);

  return (
    <form ref={form} action={submit} noValidate className="flex flex-col gap-5">
      {state.status === "refused" && state.message && <FormError>{state.message}</FormError>}
      {children(state)}
      {/* Always there, so that what appears in it is announced. */}
      <p
        ref={outcome}
        role="status"
        tabIndex={-1}
        // biome-ignore lint/a11y/noAutofocus: without scripts the answer is a new page, and this leads to its point
        autoFocus={state.status === "saved"}
        className="text-sm text-door outline-none empty:-mt-5"
      >
        {state.status === "saved" ? state.message : ""}
      </p>
    </form>
  );
}

/** The first field that was refused, or else the first that is to be filled in again. */
function firstToMend(form: HTMLFormElement | null): HTMLElement | null | undefined {
  return (
    form?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form?.querySelector("input:required:invalid")
  );
}
