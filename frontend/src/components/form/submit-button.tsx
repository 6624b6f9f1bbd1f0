"use client";

import { useFormStatus } from "react-dom";
import { Button, type ButtonLook } from "@/components/ui/button";

interface SubmitButtonProps {
  children: string;
  /** What is said while the answer is awaited. */
  busy: string;
  /** What the button is about, where several say the same: for those who cannot see where it stands. */
  about?: string;
  look?: ButtonLook;
  className?: string;
  name?: string;
  value?: string;
}

/** Keeps its focus while it waits, and sends nothing twice. */
export function SubmitButton({ children, busy, about, ...button }: SubmitButtonProps) {
  const { pending, data } = useFormStatus();
  const pressed = pending && (!button.name || data.get(button.name) === button.value);
  return (
    <Button
      type="submit"
      aria-disabled={pending}
      onClick={(event) => pending && event.preventDefault()}
      {...button}
    >
      {pressed ? busy : children}
      {about && <span className="sr-only"> {about}</span>}
    </Button>
  );
}
