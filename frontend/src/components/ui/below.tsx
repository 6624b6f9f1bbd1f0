import type { ReactNode } from "react";

/** The line below a form in a doorway: another way on. */
export function Below({ children }: { children: ReactNode }) {
  return <p className="mt-7 text-center text-sm leading-relaxed text-pretty text-soft">{children}</p>;
}
