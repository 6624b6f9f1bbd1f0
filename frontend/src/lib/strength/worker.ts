/** Estimates in a worker, so that typing does not wait for it. It stores nothing, and sends nothing anywhere. */

import { estimate } from "./estimate";

export interface Question {
  readonly password: string;
  readonly own: readonly string[];
}

addEventListener("message", ({ data: { password, own }, ports }: MessageEvent<Question>) => {
  ports[0]?.postMessage(estimate(password, own));
});
