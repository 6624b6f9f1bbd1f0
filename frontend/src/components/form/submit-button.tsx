"use client";

import { useFormStatus } from "react-dom";
import { Button, type ButtonLook } from "@/components/ui/button";

interface SubmitButtonProps {
  children: string;
  /** The button's text while the form is being sent. */
  busy: string;
  /** What the button is about, if several have the same text. Screen readers read it out. */
  about?: string;
  look?: ButtonLook;
  className?: string;
  name?: string;
  value?: string;
}

/** A button that keeps the focus while the form is being sent, and does not send it twice. */
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
