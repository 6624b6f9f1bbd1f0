"use client";

import { useEffect, useRef, useState } from "react";
import { assess, prepare } from "@/lib/strength/assess";
import { lengthFault, type PasswordRules } from "@/lib/strength/rules";
import type { Level } from "@/lib/strength/verdict";

const STEPS = [1, 2, 3, 4] as const;

/** Milliseconds. Long enough that the meter says nothing in the middle of a word. */
const PAUSE = 400;

interface Strength {
  /** 0 while the strength is not known, or if the service would refuse the password. */
  readonly level: Level | 0;
  readonly words: string;
}

const NOTHING: Strength = { level: 0, words: "" };

interface StrengthMeterProps {
  typed: string;
  rules: PasswordRules;
  /** The person's name, if the form has no field for it. */
  name: string | undefined;
}

/** Says what the service will say about a new password. It also has a list of leaked ones, so it alone decides. */
export function StrengthMeter({ typed, rules, name = "" }: StrengthMeterProps) {
  const { minLength, maxLength, minGuesses, appName, host } = rules;
  const meter = useRef<HTMLDivElement>(null);
  const [{ level, words }, setStrength] = useState(NOTHING);

  useEffect(() => {
    if (!typed) {
      setStrength(NOTHING);
      return;
    }
    prepare();
    let overtaken = false;
    const pause = setTimeout(async () => {
      const fault = lengthFault(typed, { minLength, maxLength });
      if (fault) {
        setStrength({ level: 0, words: fault });
        return;
      }
      setStrength((before) => (before.level === 0 ? NOTHING : before));
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
        {words}
      </p>
    </div>
  );
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
