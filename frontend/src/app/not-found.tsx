import type { Metadata } from "next";
import { Masonry } from "@/components/brand/masonry";
import { Wordmark } from "@/components/brand/wordmark";
import { buttonLook } from "@/components/ui/button";

export const metadata: Metadata = { title: "Page not found" };

export default function NotFound() {
  return (
    <div className="relative isolate flex shrink-0 grow flex-col overflow-hidden">
      <Masonry />
      <header className="px-5 py-4 sm:px-8 sm:py-6">
        <Wordmark />
      </header>
      <main className="grid flex-1 content-center justify-items-center px-5 pb-24 text-center">
        <div className="plain-wall grid justify-items-center gap-3 rounded-xl p-5">
          <h1 className="text-3xl font-semibold tracking-[-0.03em]">Page not found</h1>
          <p className="text-soft">There is no page at this address.</p>
          <a href="/" className={buttonLook("quiet", "mt-4")}>
            Go to the front page
          </a>
        </div>
      </main>
    </div>
  );
}
