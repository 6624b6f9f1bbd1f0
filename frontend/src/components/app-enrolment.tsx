"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { CopyButton } from "@/components/copy-button";
import { CodeField } from "@/components/form/code-field";
import { SubmitButton } from "@/components/form/submit-button";
import { buttonLook } from "@/components/ui/button";
import { TextLink } from "@/components/ui/text-link";
import { CONFIRM } from "@/forms/enrolment-steps";
import type { FormState, Once, Picture } from "@/forms/form-state";
import type { Words } from "@/words/words";

interface EnrolmentProps {
  begun: Extract<Once, { kind: "app" }>;
  state: FormState;
  /** Where the person goes who adds no app after all. */
  cancel: string;
  words: Words["authenticator"];
  /** More fields. */
  children?: ReactNode;
}

/** What the app has to read, and the field for its first code. */
export function AppEnrolment({
  begun: { secret, link, picture },
  state,
  cancel,
  words,
  children,
}: EnrolmentProps) {
  const first = useRef<HTMLParagraphElement>(null);
  // The pressed button is gone.
  useEffect(() => first.current?.focus(), []);
  return (
    <>
      <input type="hidden" name="step" value={CONFIRM} />
      <div className="@container">
        <div className="grid items-start gap-x-8 gap-y-5 @lg:grid-cols-[auto_1fr]">
          {picture && <Squares picture={picture} label={words.picture} />}
          <div className="grid gap-4 text-[0.9375rem] leading-relaxed">
            <p ref={first} tabIndex={-1} className="outline-none">
              {words.scan}
            </p>
            <p>
              <TextLink href={link}>{words.open}</TextLink>
            </p>
            <div className="grid gap-2">
              <p>{words.byHand}</p>
              <div className="flex flex-wrap items-center gap-3">
                <code className="rounded-lg bg-well px-3 py-2 font-mono text-sm wrap-anywhere select-all">
                  {inGroups(secret)}
                </code>
                <CopyButton text={secret} words={words} />
              </div>
            </div>
          </div>
        </div>
      </div>
      <CodeField label={words.code} hint={words.codeHint} state={state} sendsItself />
      {children}
      <div className="flex flex-wrap gap-3">
        <SubmitButton busy={words.turningOn}>{words.turnOn}</SubmitButton>
        <a href={cancel} className={buttonLook("plain")}>
          {words.cancel}
        </a>
      </div>
    </>
  );
}

/** Dark on white, also in a dark page: many apps read nothing else. */
function Squares({ picture: { size, path }, label }: { picture: Picture; label: string }) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 rounded-lg border border-line"
    >
      <path fill="#fff" d={`M0 0h${size}v${size}h-${size}z`} />
      <path stroke="#000" d={path} />
    </svg>
  );
}

function inGroups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
