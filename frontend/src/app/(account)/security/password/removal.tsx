"use client";

import { Form } from "@/components/form/form";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import type { Words } from "@/words/words";
import { HERE } from "../path";
import { removePassword } from "./actions";

interface PasswordRemovalProps {
  hasPassword: boolean;
  words: Words["changePassword"] & Pick<Words, "proof">;
}

/** For an account with passkeys. It stays without a password, too, so that it can say what has happened. */
export function PasswordRemoval({ hasPassword, words }: PasswordRemovalProps) {
  return (
    <Form action={removePassword}>
      {(state) =>
        hasPassword && (
          <details className="group" open={state.status === "refused"}>
            <summary className="inline-flex min-h-11 cursor-pointer items-center rounded-md font-medium text-ink underline decoration-edge underline-offset-4 hover:text-door">
              {words.removeTitle}
            </summary>
            <div className="mt-3 grid gap-4">
              <p className="text-[0.9375rem] leading-relaxed text-soft">{words.removeText}</p>
              <ProofField state={state} path={HERE} words={words.proof} />
              <SubmitButton look="alarm" busy={words.removing} className="justify-self-start">
                {words.remove}
              </SubmitButton>
            </div>
          </details>
        )
      }
    </Form>
  );
}
