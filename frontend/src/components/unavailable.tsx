import { type Refusal, sentenceOf } from "@/api/problems";
import { env } from "@/env";
import { getSpoken } from "@/words/spoken";
import { Retry } from "./retry";

/** Shown instead of what could not be loaded. It tries again by itself. In development it shows the reason. */
export async function Unavailable({ refusal, path }: { refusal: Refusal; path: string }) {
  const spoken = await getSpoken();
  return (
    <div className="grid justify-items-center gap-5 text-center">
      <p role="alert" className="leading-relaxed text-balance">
        {sentenceOf(refusal, spoken)}
      </p>
      {env().development && refusal.detail && (
        <p className="w-full rounded-lg bg-well px-3.5 py-2.5 text-start font-mono text-xs leading-relaxed wrap-anywhere text-soft">
          {refusal.detail}
        </p>
      )}
      <Retry path={path} words={spoken.words.unavailable} />
    </div>
  );
}
