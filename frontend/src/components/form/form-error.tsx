"use client";

import { type Ref, useEffect, useState } from "react";
import { useShared } from "@/components/shared-words";
import type { Refused } from "@/forms/form-state";
import { waitInWords } from "@/lib/wait";

interface FormErrorProps {
  ref: Ref<HTMLParagraphElement>;
  refused: Refused;
}

/** The error of a form as a whole. The error of one field is shown beside that field. */
export function FormError({ ref, refused }: FormErrorProps) {
  const { form, language } = useShared();
  const left = useCountdown(refused);
  return (
    <p
      ref={ref}
      role="alert"
      tabIndex={-1}
      // biome-ignore lint/a11y/noAutofocus: without scripts the answer is a new page, and its message gets the focus
      autoFocus
      className="animate-appear rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-pretty text-alarm outline-none"
    >
      {refused.wait > 0 && left === 0 ? form.tryNow : counted(refused, left, language)}
    </p>
  );
}

/** The wait changes each second. A screen reader reads the first one, and then that the wait is over. */
function counted({ message, wait }: Refused, left: number, language: string) {
  const words = waitInWords(wait, language);
  const [before, ...after] = message.split(words);
  if (wait === 0 || after.length === 0) return message;
  return (
    <>
      {before}
      <span aria-live="off">{waitInWords(left, language)}</span>
      {after.join(words)}
    </>
  );
}

const SECOND = 1_000;

/** The seconds that are left. Each refusal starts a new wait. */
function useCountdown(refused: Refused): number {
  const [left, setLeft] = useState(refused.wait);
  useEffect(() => {
    const { wait } = refused;
    const end = Date.now() + wait * SECOND;
    setLeft(wait);
    if (wait === 0) return;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / SECOND));
      setLeft(seconds);
      if (seconds === 0) clearInterval(timer);
    }, SECOND);
    return () => clearInterval(timer);
  }, [refused]);
  return left;
}
