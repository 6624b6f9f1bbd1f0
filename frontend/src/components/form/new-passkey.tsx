"use client";

import type { FormState } from "@/forms/form-state";
import { PasskeyButton } from "./passkey-button";

interface NewPasskeyProps {
  options: string;
  state: FormState;
  /** Says what happens now. */
  text: string;
  children: string;
  name: string;
  value: string;
  className?: string;
}

/** Asks the device at once to make a passkey, and sends the form with it. The button asks again. */
export function NewPasskey({ options, text, ...button }: NewPasskeyProps) {
  return (
    <>
      <p role="status" className="text-[0.9375rem] leading-relaxed">
        {text}
      </p>
      <PasskeyButton
        // With new options it starts again.
        key={options}
        ask={async () => ({ options })}
        field="attestation"
        makes
        atOnce
        {...button}
      />
    </>
  );
}
