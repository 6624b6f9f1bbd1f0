"use client";

import { useRouter } from "next/navigation";
import { useEffect, useTransition } from "react";
import { buttonLook } from "@/components/ui/button";
import type { Words } from "@/words/words";

const EVERY = 5_000;

/** A link that loads the page again. With scripts, a visible page refreshes itself every few seconds. */
export function Retry({ path, words }: { path: string; words: Words["unavailable"] }) {
  const router = useRouter();
  const [trying, startTrying] = useTransition();

  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) startTrying(() => router.refresh());
    }, EVERY);
    return () => clearInterval(timer);
  }, [router]);

  return (
    <div className="grid justify-items-center gap-3">
      <a
        href={path}
        className={buttonLook("quiet")}
        onClick={(event) => {
          event.preventDefault();
          startTrying(() => router.refresh());
        }}
      >
        {trying ? words.retrying : words.retry}
      </a>
      <p className="needs-script text-center text-sm text-balance text-soft">{words.byItself}</p>
    </div>
  );
}
