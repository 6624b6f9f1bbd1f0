import type { ReactNode } from "react";
import { Wordmark } from "@/components/brand/wordmark";
import { Panel } from "@/components/ui/panel";

/** The frame of the mailbox's pages. */
export function Desk({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <div lang="en" dir="ltr" className="mx-auto w-full max-w-3xl px-5 pb-16 max-[22rem]:px-3 sm:px-8">
      <header className="py-4 sm:py-6">
        <Wordmark />
      </header>
      <main>
        <h1 className="text-2xl leading-tight font-semibold tracking-[-0.02em] text-balance wrap-anywhere">
          {title}
        </h1>
        <p className="mt-1 text-soft wrap-anywhere">{lead}</p>
        <Panel className="mt-6">{children}</Panel>
      </main>
    </div>
  );
}
