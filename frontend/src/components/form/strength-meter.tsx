"use client";

import { useEffect, useRef, useState } from "react";
import { useShared } from "@/components/shared-words";
import { counted } from "@/lib/fill";
import { assess, prepare } from "@/lib/strength/assess";
import { type LengthFault, lengthFault, type PasswordRules } from "@/lib/strength/rules";
import type { Level, Verdict } from "@/lib/strength/verdict";
import type { Words } from "@/words/words";

const STEPS = [1, 2, 3, 4] as const;

/** Milliseconds. Long enough that the meter says nothing in the middle of a word. */
const PAUSE = 400;

type Strength = Verdict | LengthFault;

interface StrengthMeterProps {
  typed: string;
  rules: PasswordRules;
  /** The person's name, if the form has no field for it. */
  name: string | undefined;
  words: Words["newPassword"];
}

/** Says what the service will say about a new password. The service alone decides. */
export function StrengthMeter({ typed, rules, name = "", words }: StrengthMeterProps) {
  const { language } = useShared();
  const { minLength, maxLength, minGuesses, appName, host } = rules;
  const meter = useRef<HTMLDivElement>(null);
  const [strength, setStrength] = useState<Strength>();
  const level = levelOf(strength);

  useEffect(() => {
    if (!typed) {
      setStrength(undefined);
      return;
    }
    prepare();
    let overtaken = false;
    const pause = setTimeout(async () => {
      const fault = lengthFault(typed, { minLength, maxLength });
      if (fault) {
        setStrength(fault);
        return;
      }
      setStrength((before) => (levelOf(before) === 0 ? undefined : before));
      const own = { name, appName, host, ...typedBeside(meter.current) };
      const verdict = await assess({ password: typed, own, minGuesses });
      if (!overtaken) setStrength(verdict);
    }, PAUSE);
    return () => {
      overtaken = true;
      clearTimeout(pause);
    };
  }, [typed, minLength, maxLength, minGuesses, appName, host, name]);

  return (
    <div ref={meter} className="needs-script grid gap-1.5 pt-1 text-sm text-soft">
      <div aria-hidden="true" data-level={level} className="flex gap-1">
        {STEPS.map((step) => (
          <span
            key={step}
            className={`h-1 flex-1 rounded-full transition-colors ${level < step ? "bg-line" : level < 3 ? "bg-edge" : "bg-door"}`}
          />
        ))}
      </div>
      <p aria-live="polite" className="min-h-5 leading-snug text-balance">
        {strength && said(strength, words, language)}
      </p>
    </div>
  );
}

/** 0 while the strength is not known. */
function levelOf(strength: Strength | undefined): Level | 0 {
  return strength && "level" in strength ? strength.level : 0;
}

function said(strength: Strength, words: Words["newPassword"], language: string): string {
  if ("fault" in strength) return counted(words[strength.fault], strength.count, language);
  return words[strength.weakness ?? `level${strength.level}`];
}

/** What the person has typed about themselves into the same form. */
function typedBeside(meter: HTMLElement | null): { email: string; name?: string } {
  const form = meter?.closest("form");
  const fields = form ? new FormData(form) : new FormData();
  const typed = (field: string) => {
    const value = fields.get(field);
    return typeof value === "string" ? value.trim() : "";
  };
  const email = typed("email") || typed("username");
  return fields.has("name") ? { email, name: typed("name") } : { email };
}
