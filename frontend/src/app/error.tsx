"use client";

import { Mark } from "@/components/brand/mark";
import { Button } from "@/components/ui/button";

/**
 * For what nobody foresaw; an API that is away is told by the pages themselves. Loading the page anew also mends
 * the likeliest cause: a page of the release before, whose forms this one no longer knows.
 */
export default function Unexpected() {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-3 px-5 text-center">
      <Mark className="size-10" closed />
      <h1 className="text-3xl font-semibold tracking-[-0.03em]">That wasn't meant to happen</h1>
      <p className="max-w-[42ch] text-balance text-soft">
        Something went wrong on our side. Loading the page again often helps; if not, please come back a
        little later.
      </p>
      <Button look="quiet" className="mt-4" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </main>
  );
}
