"use client";

import { useRouter } from "next/navigation";
import { useEffect, useTransition } from "react";
import { buttonLook } from "@/components/ui/button";

const EVERY = 5_000;

/** A link that loads the page again; with scripts it does so by itself, in place, as long as the page is seen. */
export function Retry({ path }: { path: string }) {
  const router = useRouter();
  const [looking, startLooking] = useTransition();

  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) startLooking(() => router.refresh());
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
          startLooking(() => router.refresh());
        }}
      >
        {looking ? "Looking…" : "Try again"}
      </a>
      <p className="needs-script text-sm text-soft">This page looks again by itself every few seconds.</p>
    </div>
  );
}
