/** Estimates beside the page, so that nobody waits for it while typing. Nothing is kept, and nothing leaves the browser. */

import { estimate } from "./estimate";

export interface Question {
  readonly password: string;
  readonly own: readonly string[];
}

addEventListener("message", ({ data: { password, own }, ports }: MessageEvent<Question>) => {
  ports[0]?.postMessage(estimate(password, own));
});
