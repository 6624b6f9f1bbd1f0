"use client";

import { useId } from "react";
import { Phrase } from "@/components/phrase";
import { TextLink } from "@/components/ui/text-link";
import type { FormState } from "@/forms/form-state";
import { PROOF_CODE, PROOF_PASSWORD } from "@/forms/proof-fields";
import type { Words } from "@/words/words";
import { CodeField } from "./code-field";
import { PasswordField } from "./password-field";

interface ProofFieldProps {
  state: FormState;
  /** The page of the form. */
  path: string;
  words: Words["proof"];
}

/** Only there if the API wants to know once more who the person is. */
export function ProofField({ state, path, words }: ProofFieldProps) {
  const id = useId();
  const again = `/reauthenticate?next=${encodeURIComponent(path)}`;
  switch (state.status === "refused" ? state.prove : undefined) {
    case "code":
      return (
        <div className="grid gap-1">
          <CodeField id={id} name={PROOF_CODE} label={words.code} state={state} />
          <p className="text-sm">
            <TextLink href={`${again}&with=recovery-code`}>{words.useRecovery}</TextLink>
          </p>
        </div>
      );
    case "password":
      return (
        <PasswordField
          id={id}
          name={PROOF_PASSWORD}
          label={words.password}
          state={state}
          autoComplete="current-password"
        />
      );
    case "signin":
      return (
        <p className="text-sm leading-relaxed">
          <Phrase parts={{ again: <TextLink href={again}>{words.again}</TextLink> }}>{words.byMail}</Phrase>
        </p>
      );
    default:
      return null;
  }
}
