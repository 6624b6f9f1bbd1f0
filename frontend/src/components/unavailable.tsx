import type { Refusal } from "@/api/problems";
import { env } from "@/env";
import { Retry } from "./retry";

/** Stands where something could not be loaded: says so, and looks again by itself. Developers are told why. */
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
