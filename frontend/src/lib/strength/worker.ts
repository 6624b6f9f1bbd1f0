/** Estimates in a worker, so that typing does not wait for it. It stores nothing, and sends nothing of the password. */

import { judge } from "./judge";
import { reader } from "./leaked";
import { type Own, ownWords } from "./own-words";

export interface Question {
  readonly password: string;
  readonly own: Own;
  readonly minGuesses: number;
}

const list = reader(new URL("../../../../backend/src/passwords/leaked.bin", import.meta.url));

addEventListener(
  "message",
  async ({ data: { password, own, minGuesses }, ports }: MessageEvent<Question>) => {
    ports[0]?.postMessage(await judge(password, ownWords(own), minGuesses, list));
  },
);
