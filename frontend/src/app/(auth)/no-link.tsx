import type { ReactNode } from "react";
import { Doorway } from "@/components/brand/doorway";
import { Below } from "@/components/ui/below";
import { getWords } from "@/words/spoken";

/** The page of a mail's link, opened without one, with another one, or long after. `children`: the way on. */
export async function NoLink({ title, children }: { title: string; children: ReactNode }) {
  const { noLink } = await getWords();
  return (
    <Doorway closed title={title} lead={noLink.lead}>
      <p className="text-center text-sm leading-relaxed text-pretty text-soft">{noLink.text}</p>
      <Below>{children}</Below>
    </Doorway>
  );
}
