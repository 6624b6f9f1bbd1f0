import { Masonry } from "@/components/brand/masonry";
import { Wordmark } from "@/components/brand/wordmark";
import { buttonLook } from "@/components/ui/button";

export default function NotFound() {
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Masonry />
      <header className="px-5 py-4 sm:px-8 sm:py-6">
        <Wordmark />
      </header>
      <main className="grid flex-1 content-center justify-items-center gap-3 px-5 pb-24 text-center">
        <h1 className="text-3xl font-semibold tracking-[-0.03em]">Page not found</h1>
        <p className="text-soft">There is no page at this address.</p>
        <a href="/" className={buttonLook("quiet", "mt-4")}>
          Go to the front page
        </a>
      </main>
    </div>
  );
}
