"use client";

import { useEffect, useRef, useState } from "react";
import { assess, prepare } from "@/lib/strength/assess";
import type { Level } from "@/lib/strength/estimate";
import { lengthFault, type PasswordRules } from "@/lib/strength/rules";

const WORDS: Record<Level, string> = {
  1: "Weak: attackers would guess it early",
  2: "Fair",
  3: "Good",
  4: "Strong",
};
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
}

/** Advice on a new password. The service alone decides whether to accept it. */
export function StrengthMeter({ typed, rules: { minLength, maxLength, appName } }: StrengthMeterProps) {
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
      const level = await assess({ password: typed, own: [appName, ...typedBeside(meter.current)] });
      if (!overtaken) setStrength({ level, words: WORDS[level] });
    }, PAUSE);
    return () => {
      overtaken = true;
      clearTimeout(pause);
    };
  }, [typed, minLength, maxLength, appName]);

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
function typedBeside(meter: HTMLElement | null): string[] {
  const form = meter?.closest("form");
  if (!form) return [];
  const fields = new FormData(form);
  return ["email", "username", "name"].flatMap((name) => {
    const typed = fields.get(name);
    return typeof typed === "string" && typed ? [typed] : [];
  });
}
