"use client";

import { useRef } from "react";
import { useFormStatus } from "react-dom";
import type { FormState } from "@/forms/form-state";
import { Field } from "./field";

interface CodeFieldProps {
  name?: string;
  id?: string;
  label: string;
  hint?: string;
  state: FormState;
  /** Sends the form when the code is complete. Each code is sent in this way only once. */
  sendsItself?: boolean;
}

/** The six digits of an authenticator app. Spaces and hyphens make no difference. */
export function CodeField({ name = "code", sendsItself, ...field }: CodeFieldProps) {
  const { pending } = useFormStatus();
  const sent = useRef("");
  return (
    <Field
      name={name}
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      maxLength={30}
      required
      className="tabular-nums tracking-[0.15em]"
      onInput={({ currentTarget: { value, form } }) => {
        const code = value.replace(/[\s-]/g, "");
        if (!sendsItself || pending || code === sent.current || !/^\d{6}$/.test(code)) return;
        sent.current = code;
        form?.requestSubmit();
      }}
      {...field}
    />
  );
}
