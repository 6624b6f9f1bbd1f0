import type { ReactNode } from "react";
import { Masonry } from "@/components/brand/masonry";
import { Wordmark } from "@/components/brand/wordmark";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Masonry />
      <header className="px-5 py-4 sm:px-8 sm:py-6">
        <Wordmark />
      </header>
      <div className="flex flex-1 items-center px-3 pt-2 pb-14">{children}</div>
    </div>
  );
}
