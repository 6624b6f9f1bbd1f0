"use client";

import { unstable_isUnrecognizedActionError as isFromAnotherRelease } from "next/navigation";
import { Button } from "@/components/ui/button";

/**
 * For unexpected errors. If the API is down, the pages say so themselves. The likeliest cause is a page from the
 * previous release, whose forms this release does not know: loading the page again fixes that.
 */
export default function Unexpected({ error }: { error: Error }) {
  const old = isFromAnotherRelease(error);
  const title = old ? "This page is old" : "Something went wrong";
  return (
    <main className="grid shrink-0 grow content-center justify-items-center gap-3 px-5 text-center">
      <title>{title}</title>
      <h1 className="text-3xl font-semibold tracking-[-0.03em]">{title}</h1>
      <p className="max-w-[42ch] text-balance text-soft">
        {old
          ? "The service was updated after this page was loaded, so it could not read your form. Nothing was saved. Load the page again, and fill in the form once more."
          : "This is an error on our side. Please load the page again. If that does not help, try again in a few minutes."}
      </p>
      <Button look="quiet" className="mt-4" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </main>
  );
}
