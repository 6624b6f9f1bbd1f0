"use client";

import { unstable_isUnrecognizedActionError as isFromAnotherRelease } from "next/navigation";
import { useShared } from "@/components/shared-words";

/**
 * For unexpected errors. If the API is down, the pages say so themselves. The likeliest cause is a page from the
 * previous release, whose forms this release does not know: loading the page again fixes that.
 */
export default function Unexpected({ error }: { error: Error }) {
  const words = useShared().error;
  const old = isFromAnotherRelease(error);
  const title = old ? words.oldTitle : words.title;
  return (
    <main className="grid shrink-0 grow content-center justify-items-center gap-3 px-5 text-center">
      <title>{title}</title>
      <h1 className="text-3xl font-semibold tracking-[-0.03em]">{title}</h1>
      <p className="max-w-[42ch] text-balance text-soft">{old ? words.oldText : words.text}</p>
      {/* Without the look of a button, which every page would load with this one. */}
      <button type="button" className="min-h-11 font-medium underline" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </main>
  );
}
