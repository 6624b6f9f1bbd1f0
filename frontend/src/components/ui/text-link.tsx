import type { ComponentProps } from "react";

/**
 * A plain anchor, like all links here. Pages differ by session, so they must not be prefetched, and next/link's 3 kB
 * of script would bring the forms little.
 */
export function TextLink(props: ComponentProps<"a">) {
  return (
    <a
      className="rounded-sm font-medium text-ink underline decoration-edge decoration-1 underline-offset-4 transition-colors hover:text-door hover:decoration-door"
      {...props}
    />
  );
}
