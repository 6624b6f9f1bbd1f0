import type { ReactNode } from "react";

export function Panel({ children, className = "" }: { children: ReactNode; className?: string }) {
  return (
    <section className={`rounded-xl border border-line bg-paper p-5 sm:p-7 ${className}`}>{children}</section>
  );
}
