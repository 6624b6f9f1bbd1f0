import type { Refusal } from "@/api/problems";
import { env } from "@/env";
import { Retry } from "./retry";

/** Shown instead of what could not be loaded. It tries again by itself. In development it shows the reason. */
export function Unavailable({ refusal, path }: { refusal: Refusal; path: string }) {
  return (
    <div className="grid justify-items-center gap-5 text-center">
      <p role="alert" className="leading-relaxed text-balance">
        {refusal.sentence}
      </p>
      {env().development && refusal.detail && (
        <p className="w-full rounded-lg bg-well px-3.5 py-2.5 text-left font-mono text-xs leading-relaxed wrap-anywhere text-soft">
          {refusal.detail}
        </p>
      )}
      <Retry path={path} />
    </div>
  );
}
