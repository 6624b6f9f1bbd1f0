"use client";

import { CopyButton } from "@/components/copy-button";
import { Form } from "@/components/form/form";
import { ProofField } from "@/components/form/proof-field";
import { SubmitButton } from "@/components/form/submit-button";
import { Button, buttonLook } from "@/components/ui/button";
import type { Words } from "@/words/words";
import { HERE } from "../path";
import { makeCodes } from "./actions";

interface RecoveryCodesFormProps {
  /** How many codes are left, in words. */
  standing: string;
  isWarning: boolean;
  hasSome: boolean;
  /** The first line of the file and of the print. */
  fileHead: string;
  words: Words["recoveryCodes"] & Pick<Words, "proof">;
}

export function RecoveryCodesForm({ standing, isWarning, hasSome, fileHead, words }: RecoveryCodesFormProps) {
  return (
    <Form action={makeCodes}>
      {(state) =>
        state.once?.kind === "codes" ? (
          <NewCodes codes={state.once.codes} fileHead={fileHead} words={words} />
        ) : (
          <>
            <p
              className={
                isWarning
                  ? "rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-alarm"
                  : "text-[0.9375rem]"
              }
            >
              {standing}
            </p>
            <ProofField state={state} path={HERE} words={words.proof} />
            <SubmitButton look={isWarning ? "solid" : "quiet"} busy={words.making} className="self-start">
              {hasSome ? words.makeNew : words.make}
            </SubmitButton>
            {hasSome && <p className="text-sm text-soft">{words.replaces}</p>}
          </>
        )
      }
    </Form>
  );
}

interface NewCodesProps extends Pick<RecoveryCodesFormProps, "fileHead" | "words"> {
  codes: readonly string[];
}

function NewCodes({ codes, fileHead, words }: NewCodesProps) {
  const text = `${fileHead}\n\n${codes.join("\n")}\n`;
  return (
    <div className="grid gap-4">
      <div data-print>
        <p className="hidden pb-4 print:block">{fileHead}</p>
        <ul
          aria-label={words.list}
          className="grid max-w-md grid-cols-2 gap-x-6 gap-y-2 rounded-lg bg-well p-4 max-[24rem]:grid-cols-1 font-mono text-sm"
        >
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={text} words={words} />
        <Button look="quiet" className="needs-script" onClick={() => window.print()}>
          {words.print}
        </Button>
        <a
          download={`${words.file}.txt`}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          className={buttonLook("quiet")}
        >
          {words.download}
        </a>
      </div>
    </div>
  );
}
