"use client";

import { usePathname } from "next/navigation";
import type { Words } from "@/words/words";

const PAGES = [
  { path: "/profile", page: "profile" },
  { path: "/security", page: "security" },
] as const;

/** The links between the pages of an account. */
export function AccountNav({ words }: { words: Words["account"] }) {
  const here = usePathname();
  return (
    <nav aria-label={words.nav} className="flex gap-6 border-b border-line">
      {PAGES.map(({ path, page }) => (
        <a
          key={path}
          href={path}
          aria-current={path === here ? "page" : undefined}
          className="-mb-px inline-flex min-h-11 items-center border-b-2 border-transparent text-[0.9375rem] font-medium text-soft transition-colors hover:text-ink aria-[current]:border-door aria-[current]:text-ink"
        >
          {words[page]}
        </a>
      ))}
    </nav>
  );
}
