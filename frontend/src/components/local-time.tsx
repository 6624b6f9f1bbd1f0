"use client";

import { useEffect, useState } from "react";

export type TimeStyle = "day" | "minute";

const STYLES = {
  day: { dateStyle: "long" },
  minute: { dateStyle: "long", timeStyle: "short" },
} as const satisfies Record<TimeStyle, Intl.DateTimeFormatOptions>;

/** A time as the server writes it, in UTC. Scripts write it in the visitor's own time zone and language. */
export function LocalTime({ iso, as }: { iso: string; as: TimeStyle }) {
  const [local, setLocal] = useState<{ readonly text: string; readonly language: string }>();

  useEffect(() => {
    const format = new Intl.DateTimeFormat(navigator.language, STYLES[as]);
    setLocal({ text: format.format(new Date(iso)), language: navigator.language });
  }, [iso, as]);

  return (
    <time dateTime={iso} lang={local?.language}>
      {local?.text ?? inUtc(iso, as)}
    </time>
  );
}

function inUtc(iso: string, as: TimeStyle): string {
  const text = new Intl.DateTimeFormat("en-GB", { ...STYLES[as], timeZone: "UTC" }).format(new Date(iso));
  return as === "day" ? text : `${text} UTC`;
}
