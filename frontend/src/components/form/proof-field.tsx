"use client";

import { useId, useState } from "react";
import { Phrase } from "@/components/phrase";
import { useShared } from "@/components/shared-words";
import { Button } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { askForProof } from "@/forms/ask-for-proof";
import type { FormState, ProofKind } from "@/forms/form-state";
import { PROOF_CODE, PROOF_ELSE, PROOF_PASSKEY, PROOF_PASSWORD } from "@/forms/proof-fields";
import type { Words } from "@/words/words";
import { CodeField } from "./code-field";
import { PasskeyButton } from "./passkey-button";
import { PasswordField } from "./password-field";

interface ProofFieldProps {
  state: FormState;
  /** The page of the form. */
  path: string;
  words: Words["proof"];
}

/** Only there if the API wants to know once more who the person is. */
export function ProofField(props: ProofFieldProps) {
  const { state } = props;
  if (state.status !== "refused" || !state.prove) return null;
  if (state.prove !== "passkey") {
    return (
      <>
        {state.orElse && <input type="hidden" name={PROOF_ELSE} value={state.orElse} />}
        <Secret kind={state.prove} {...props} />
      </>
    );
  }
  return <Passkey orElse={state.orElse} {...props} />;
}

/** The passkey first. Without scripts there is only the other way. */
function Passkey({ orElse, ...props }: ProofFieldProps & { orElse: ProofKind | undefined }) {
  const { state, path, words } = props;
  const { form } = useShared();
  const [without, setWithout] = useState(false);
  const other = orElse && <Secret kind={orElse} {...props} />;
  return (
    <>
      {orElse && <input type="hidden" name={PROOF_ELSE} value={orElse} />}
      {without ? (
        other
      ) : (
        <>
          <div className="needs-script grid justify-items-start gap-2">
            <p className="text-sm font-medium">{words.withPasskey}</p>
            <PasskeyButton
              ask={() => askForProof(path)}
              state={state}
              field={PROOF_PASSKEY}
              proves
              look="quiet"
            >
              {words.usePasskey}
            </PasskeyButton>
            {orElse && (
              <Button look="plain" className="-ms-5" onClick={() => setWithout(true)}>
                {words.anotherWay}
              </Button>
            )}
          </div>
          <div className="without-script">
            {other ?? <p className="text-sm">{form.passkey.needsScript}</p>}
          </div>
        </>
      )}
    </>
  );
}

function Secret({ kind, state, path, words }: ProofFieldProps & { kind: ProofKind }) {
  const id = useId();
  const again = `/reauthenticate?next=${encodeURIComponent(path)}`;
  switch (kind) {
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
    default:
      return (
        <p className="text-sm leading-relaxed">
          <Phrase parts={{ again: <TextLink href={again}>{words.again}</TextLink> }}>{words.byMail}</Phrase>
        </p>
      );
  }
}
