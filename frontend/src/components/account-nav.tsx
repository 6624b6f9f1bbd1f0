"use client";

import { usePathname } from "next/navigation";

const PAGES = [
  { path: "/profile", label: "Profile" },
  { path: "/security", label: "Security" },
] as const;

/** The links between the pages of an account. */
export function AccountNav() {
  const here = usePathname();
  return (
    <nav aria-label="Account" className="flex gap-6 border-b border-line">
      {PAGES.map(({ path, label }) => (
        <a
          key={path}
          href={path}
          aria-current={path === here ? "page" : undefined}
          className="-mb-px inline-flex min-h-11 items-center border-b-2 border-transparent text-[0.9375rem] font-medium text-soft transition-colors hover:text-ink aria-[current]:border-door aria-[current]:text-ink"
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
