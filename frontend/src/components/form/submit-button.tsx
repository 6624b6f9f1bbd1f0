"use client";

import { useFormStatus } from "react-dom";
import { Button } from "@/components/ui/button";

interface SubmitButtonProps {
  children: string;
  /** What is said while the answer is awaited. */
  busy: string;
  look?: "solid" | "quiet";
  className?: string;
}

/** Keeps its focus while it waits, and sends nothing twice. */
export function SubmitButton({ children, busy, ...button }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  return (
    <Button
      type="submit"
      aria-disabled={pending}
      onClick={(event) => pending && event.preventDefault()}
      {...button}
    >
      {pending ? busy : children}
    </Button>
  );
}
