import type { ComponentProps } from "react";

/**
 * A plain anchor, as everywhere here: pages differ by session, so nothing is to be prefetched, and forms hardly
 * gain from next/link's 3 kB of script.
 */
export function TextLink(props: ComponentProps<"a">) {
  return (
    <a
      className="rounded-sm font-medium text-ink underline decoration-edge decoration-1 underline-offset-4 transition-colors hover:text-door hover:decoration-door"
      {...props}
    />
  );
}
