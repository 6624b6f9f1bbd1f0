/** Estimates in a worker, so that typing does not wait for it. It stores nothing, and sends nothing anywhere. */

import { estimate } from "./estimate";
import { type Own, ownWords } from "./own-words";
import { verdictOn } from "./verdict";

export interface Question {
  readonly password: string;
  readonly own: Own;
  readonly minGuesses: number;
}

addEventListener("message", ({ data: { password, own, minGuesses }, ports }: MessageEvent<Question>) => {
  ports[0]?.postMessage(verdictOn(estimate(password, ownWords(own)), minGuesses));
});
