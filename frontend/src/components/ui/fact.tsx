import type { ReactNode } from "react";

/** An item of a list whose items stand side by side, with a dot between. */
export function Fact({ children }: { children: ReactNode }) {
  return <li className="not-last:after:mx-1.5 not-last:after:content-['·'_/_'']">{children}</li>;
}
