"use client";

import { useActionState, useEffect } from "react";
import { Field } from "@/components/form/field";
import { Form, FormOf } from "@/components/form/form";
import { NewPasskey } from "@/components/form/new-passkey";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { LocalTime } from "@/components/local-time";
import { Phrase } from "@/components/phrase";
import { useShared } from "@/components/shared-words";
import { buttonLook } from "@/components/ui/button";
import { Fact } from "@/components/ui/fact";
import { type FormState, IDLE } from "@/forms/form-state";
import { signalKnown } from "@/lib/passkey/signals";
import type { Words } from "@/words/words";
import { HERE } from "../path";
import { changePasskeys, renamePasskey } from "./actions";
import { ADD, REMOVE, SAVE } from "./steps";

interface PasskeyItem {
  readonly id: number;
  readonly name: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly backed_up: boolean;
}

interface PasskeysFormProps {
  passkeys: readonly PasskeyItem[];
  /** The account has no other passkey and no password. */
  isLone: boolean;
  mayAdd: boolean;
  words: Words["passkeys"] & Pick<Words, "proof">;
}

/** All changes but the name have one action and one outcome, which is shown where the person has begun. */
export function PasskeysForm({ passkeys, isLone, mayAdd, words }: PasskeysFormProps) {
  const [state, submit] = useActionState(changePasskeys, IDLE);
  const isOf = ({ id }: PasskeyItem) => state.status === "refused" && state.values.step === `${REMOVE}${id}`;
  const known = state.once?.kind === "passkeys" ? state.once.known : undefined;
  useEffect(() => {
    if (known) void signalKnown(known);
  }, [known]);
  return (
    <>
      {passkeys.length > 0 && (
        <ul aria-label={words.list} className="divide-y divide-line border-y border-line">
          {passkeys.map((passkey) => (
            <PasskeyRow
              key={passkey.id}
              passkey={passkey}
              state={isOf(passkey) ? state : IDLE}
              submit={submit}
              words={words}
            />
          ))}
        </ul>
      )}
      {isLone && (
        <p className="rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-alarm">
          {words.loneTitle}
        </p>
      )}
      <FormOf state={passkeys.some(isOf) ? IDLE : state} submit={submit}>
        {(own) => <Adding state={own} mayAdd={mayAdd} words={words} />}
      </FormOf>
    </>
  );
}

type AddingProps = Pick<PasskeysFormProps, "mayAdd" | "words"> & { state: FormState };

function Adding({ state, mayAdd, words }: AddingProps) {
  const { form } = useShared();
  if (state.once?.kind === "passkey") {
    return (
      <>
        <NewPasskey
          options={state.once.options}
          state={state}
          text={words.creating}
          name="step"
          value={SAVE}
          className="self-start"
        >
          {words.create}
        </NewPasskey>
        <a href={HERE} className={buttonLook("plain", "self-start -ms-5")}>
          {words.cancel}
        </a>
      </>
    );
  }
  if (!mayAdd) return null;
  return (
    <>
      <ProofField state={state} path={HERE} words={words.proof} />
      <SubmitButton name="step" value={ADD} busy={words.adding} className="needs-script self-start">
        {words.add}
      </SubmitButton>
      <p className="without-script text-sm">{form.passkey.needsScript}</p>
    </>
  );
}

interface PasskeyRowProps {
  passkey: PasskeyItem;
  /** Of its removal. */
  state: FormState;
  submit: (data: FormData) => void;
  words: PasskeysFormProps["words"];
}

function PasskeyRow({ passkey, state: removal, submit, words }: PasskeyRowProps) {
  const { id, name, created_at, last_used_at, backed_up } = passkey;
  return (
    <li className="py-4">
      <p className="font-medium wrap-anywhere">
        <bdi>{name}</bdi>
      </p>
      <ul className="mt-0.5 flex flex-wrap text-sm leading-relaxed text-soft">
        <Fact>{backed_up ? words.synced : words.onlyHere}</Fact>
        <Fact>
          <Phrase parts={{ time: <LocalTime iso={created_at} as="day" /> }}>{words.added}</Phrase>
        </Fact>
        <Fact>
          {last_used_at ? (
            <Phrase parts={{ time: <LocalTime iso={last_used_at} as="day" /> }}>{words.used}</Phrase>
          ) : (
            words.neverUsed
          )}
        </Fact>
      </ul>
      <details className="group" open={removal.status === "refused"}>
        <summary className="inline-flex min-h-11 cursor-pointer items-center rounded-md text-sm font-medium text-ink underline decoration-edge underline-offset-4 hover:text-door">
          {words.edit}
          <span className="sr-only"> {name}</span>
        </summary>
        <div className="mt-2 grid gap-4">
          <Form action={renamePasskey}>
            {(state) => (
              <>
                <input type="hidden" name="id" value={id} />
                <Field
                  id={`passkey-name-${id}`}
                  name="name"
                  label={words.name}
                  state={state}
                  defaultValue={state.status === "refused" ? state.values.name : name}
                  autoComplete="off"
                  dir="auto"
                  maxLength={200}
                  required
                />
                <SubmitButton look="quiet" busy={words.renaming} about={name} className="self-start">
                  {words.rename}
                </SubmitButton>
              </>
            )}
          </Form>
          <p className="text-[0.9375rem] leading-relaxed text-soft">{words.removeText}</p>
          <FormOf state={removal} submit={submit}>
            {(state) => (
              <>
                <ProofField state={state} path={HERE} words={words.proof} />
                <SubmitButton
                  name="step"
                  value={`${REMOVE}${id}`}
                  look="alarm"
                  busy={words.removing}
                  about={name}
                  className="self-start"
                >
                  {words.remove}
                </SubmitButton>
              </>
            )}
          </FormOf>
        </div>
      </details>
    </li>
  );
}
