"use client";

import { useEffect, useState } from "react";
import { useShared } from "./shared-words";

export type TimeStyle = "day" | "minute";

const STYLES = {
  day: { dateStyle: "long" },
  minute: { dateStyle: "long", timeStyle: "short" },
} as const satisfies Record<TimeStyle, Intl.DateTimeFormatOptions>;

/** A time as the server writes it, in UTC. Scripts write it in the visitor's own time zone, and as their country does. */
export function LocalTime({ iso, as }: { iso: string; as: TimeStyle }) {
  const { language } = useShared();
  const [local, setLocal] = useState<string>();

  useEffect(() => {
    const own = navigator.languages.find((each) => each.split("-")[0] === language.split("-")[0]);
    setLocal(new Intl.DateTimeFormat(own ?? language, STYLES[as]).format(new Date(iso)));
  }, [iso, as, language]);

  return (
    <time dateTime={iso} lang={language}>
      {local ?? inUtc(iso, as, language)}
    </time>
  );
}

function inUtc(iso: string, as: TimeStyle, language: string): string {
  const written = language === "en" ? "en-GB" : language;
  const text = new Intl.DateTimeFormat(written, { ...STYLES[as], timeZone: "UTC" }).format(new Date(iso));
  return as === "day" ? text : `${text} UTC`;
}
