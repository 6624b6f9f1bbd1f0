import type { ReactNode } from "react";
import { Masonry } from "@/components/brand/masonry";
import { Wordmark } from "@/components/brand/wordmark";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="relative isolate flex shrink-0 grow flex-col overflow-hidden">
      <Masonry />
      <header className="px-5 py-4 sm:px-8 sm:py-6 short:py-1">
        <Wordmark />
      </header>
      <div className="flex flex-1 items-start px-3 pt-[clamp(0.5rem,6vh,4rem)] pb-6 short:pt-0 short:pb-4">
        {children}
      </div>
    </div>
  );
}
