import type { ReactNode } from "react";
import { Panel } from "@/components/ui/panel";

interface PartProps {
  /** For addresses that lead to this card. */
  id?: string;
  title: string;
  lead: string;
  children: ReactNode;
}

/** The frame of each card. */
export function Part({ id, title, lead, children }: PartProps) {
  return (
    <Panel id={id} className="mt-6 grid gap-x-10 gap-y-5">
      <div>
        <h2 className="text-lg font-semibold tracking-[-0.015em]">{title}</h2>
        <p className="mt-1 max-w-[52ch] text-[0.9375rem] leading-relaxed text-soft">{lead}</p>
      </div>
      {children}
    </Panel>
  );
}
