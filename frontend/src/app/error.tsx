"use client";

import { Mark } from "@/components/brand/mark";
import { Button } from "@/components/ui/button";

/**
 * For unexpected errors. If the API is down, the pages say so themselves. The likeliest cause is a page from the
 * previous release, whose forms this release does not know: loading the page again fixes that.
 */
export default function Unexpected() {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-3 px-5 text-center">
      <Mark className="size-10" closed />
      <h1 className="text-3xl font-semibold tracking-[-0.03em]">Something went wrong</h1>
      <p className="max-w-[42ch] text-balance text-soft">
        This is an error on our side. Please load the page again. If that does not help, try again in a few
        minutes.
      </p>
      <Button look="quiet" className="mt-4" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </main>
  );
}
