import type { ComponentProps } from "react";

export function Panel({ className = "", ...section }: ComponentProps<"section">) {
  return (
    <section className={`rounded-xl border border-line bg-paper p-4 sm:p-7 ${className}`} {...section} />
  );
}
