"use client";

import "./globals.css";

/**
 * For an error of the layout, or of the page for errors. Nothing has given words to this page then, so it has both
 * languages of the house. next.config.ts puts it in the place of Next's own page, which every page would load, too.
 */
export default function LayoutFailed() {
  return (
    <html lang="en">
      <body className="flex min-h-dvh flex-col">
        <title>Something went wrong</title>
        <main className="grid grow content-center justify-items-center gap-3 px-5 text-center">
          <h1 className="text-3xl font-semibold tracking-[-0.03em]">Something went wrong</h1>
          <p className="text-soft">Please load the page again, or try again in a few minutes.</p>
          <p lang="de" className="text-soft">
            Es ist ein Fehler aufgetreten. Bitte laden Sie die Seite neu.
          </p>
          <button type="button" className="min-h-11 font-medium underline" onClick={() => location.reload()}>
            Reload
          </button>
        </main>
      </body>
    </html>
  );
}
