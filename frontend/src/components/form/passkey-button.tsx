"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { useFormStatus } from "react-dom";
import { useShared } from "@/components/shared-words";
import { Button, type ButtonLook } from "@/components/ui/button";
import type { FormState } from "@/forms/form-state";
import type { Asked } from "@/lib/passkey/asked";
import { askForPasskey, hasPasskeys, makePasskey, type Outcome } from "@/lib/passkey/ceremony";
import { signalUnknown } from "@/lib/passkey/signals";

interface PasskeyButtonProps {
  /** What the browser needs. It is asked for when the button is pressed. */
  ask: () => Promise<Asked>;
  state: FormState;
  children: string;
  /** The hidden field that takes the answer. */
  field: string;
  /** Makes a new passkey, instead of using one. */
  makes?: boolean;
  /** Begins without a press of the button. */
  atOnce?: boolean;
  /** A passkey of the browser's list in a field, without the button. It begins again after each refusal. */
  fill?: (signal: AbortSignal) => Promise<Outcome | undefined>;
  /** In a form for something else: then the form's own button sends it. */
  proves?: boolean;
  /** Shows nothing in a browser without passkeys, instead of a sentence. */
  optional?: boolean;
  name?: string;
  value?: string;
  look?: ButtonLook;
  className?: string;
}

/** Asks for a passkey, and sends the form with its answer. */
export function PasskeyButton({
  ask,
  state,
  children,
  field,
  makes = false,
  atOnce = false,
  fill,
  proves = false,
  optional = false,
  className = "",
  ...button
}: PasskeyButtonProps): ReactNode {
  const { passkey: words } = useShared().form;
  const { pending } = useFormStatus();
  const own = useRef<HTMLButtonElement>(null);
  const answer = useRef<HTMLInputElement>(null);
  const used = useRef<{ rpId: string; id: string }>(undefined);
  const waiting = useRef<AbortController>(undefined);
  const [supported, setSupported] = useState(true);
  const [running, setRunning] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [round, setRound] = useState(0);

  const take = (outcome: Outcome) => {
    if ("failure" in outcome) {
      const { failure } = outcome;
      const shown = makes && failure === "cancelled" ? "notMade" : failure;
      if (shown !== "aborted") setTrouble(words.failures[shown]);
      return;
    }
    const form = own.current?.form;
    if (!form || !answer.current) return;
    used.current = outcome;
    answer.current.value = outcome.answer;
    setTrouble("");
    form.requestSubmit(proves ? nextSubmit(form, own.current) : own.current);
  };

  /** One at a time: a browser refuses a second question while the first one waits. */
  const run = async () => {
    if (running || pending) return;
    waiting.current?.abort();
    const controller = new AbortController();
    waiting.current = controller;
    setRunning(true);
    setTrouble("");
    try {
      const asked = await ask();
      if ("message" in asked) setTrouble(asked.message);
      else {
        const { signal } = controller;
        const perform = makes ? makePasskey : askForPasskey;
        take(await perform(asked.options, { signal }));
      }
    } catch {
      setTrouble(words.failures.unreachable);
    }
    setRunning(false);
    setRound((before) => before + 1);
  };

  const begin = useRef(run);
  begin.current = run;
  const finish = useRef(take);
  finish.current = take;

  useEffect(() => {
    setSupported(hasPasskeys());
    if (atOnce && hasPasskeys()) void begin.current();
    return () => waiting.current?.abort();
  }, [atOnce]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it begins again after an answer, and after a dialog
  useEffect(() => {
    if (!fill || !hasPasskeys() || state.status === "saved") return;
    const controller = new AbortController();
    waiting.current = controller;
    const stop = () => controller.abort();
    const form = own.current?.form;
    form?.addEventListener("submit", stop);
    fill(controller.signal).then(
      (outcome) => outcome && finish.current(outcome),
      () => {},
    );
    return () => {
      form?.removeEventListener("submit", stop);
      stop();
    };
  }, [fill, state, round]);

  useEffect(() => {
    if (state.status !== "refused") return;
    if (answer.current) answer.current.value = "";
    const { rpId, id } = used.current ?? {};
    if (state.unknownPasskey && rpId && id) void signalUnknown(rpId, id);
  }, [state]);

  if (!supported)
    return optional ? null : <p className="text-sm leading-relaxed">{words.failures.unsupported}</p>;
  const sends = pending && answer.current?.value !== "";
  return (
    <>
      <input ref={answer} type="hidden" name={field} />
      <Button
        ref={own}
        type={proves ? "button" : "submit"}
        aria-disabled={running || pending}
        onClick={(event) => {
          event.preventDefault();
          void run();
        }}
        className={`needs-script ${className}`}
        {...button}
      >
        {sends ? words.sending : running ? words.waiting : children}
      </Button>
      {trouble && (
        <p
          role="alert"
          className="animate-appear rounded-lg bg-alarm-tint px-3.5 py-2.5 text-sm leading-relaxed text-pretty text-alarm"
        >
          {trouble}
        </p>
      )}
    </>
  );
}

/** The form's own button stands below the proof. */
function nextSubmit(form: HTMLFormElement, proof: Node | null): HTMLButtonElement | undefined {
  const buttons = [...form.querySelectorAll<HTMLButtonElement>("button[type=submit]")];
  return buttons.find(
    (button) => proof && proof.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
}
