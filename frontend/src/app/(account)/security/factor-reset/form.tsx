"use client";

import type { ReactNode } from "react";
import { Form } from "@/components/form/form";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { stopReset } from "./actions";

interface StopResetFormProps {
  /** What will happen, and when. Missing if no reset is pending. */
  children: ReactNode;
  words: Words["factorReset"];
}

export function StopResetForm({ children, words }: StopResetFormProps) {
  return (
    <section
      aria-label={words.title}
      className="mb-8 rounded-xl border border-line bg-tint p-4 not-has-[p:not(:empty)]:hidden sm:px-7 sm:py-5"
    >
      <Form action={stopReset}>
        {() =>
          children && (
            <>
              {children}
              <SubmitButton look="alarm" busy={words.stopping} className="self-start">
                {words.stop}
              </SubmitButton>
            </>
          )
        }
      </Form>
    </section>
  );
}
