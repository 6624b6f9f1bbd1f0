import type { ReactNode } from "react";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";

/** The page of a mail's link, opened without one, with another one, or long after. `children`: the way on. */
export function NoLink({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Doorway closed title={title} lead="Open the link from our mail in this browser, as a whole.">
      <p className="text-center text-sm leading-relaxed text-pretty text-soft">
        We keep it for half an hour, and forget it once it has been used.
      </p>
      <Below>{children}</Below>
    </Doorway>
  );
}
