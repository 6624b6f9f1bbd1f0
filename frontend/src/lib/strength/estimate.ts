/**
 * How many guesses a password would take, by what people choose and attackers try: common passwords, words, names,
 * dates, keyboard rows and their disguises. The lists weigh more than the rest of the page: only the worker imports this.
 */

import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english } from "@zxcvbn-ts/language-en";

/** Of the bar's four steps. */
export type Level = 1 | 2 | 3 | 4;

/** What is guessed within a million tries is as good as guessed; then by a hundred times more for each step. */
const LEVELS: readonly Level[] = [1, 1, 2, 3, 4];

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  // The work grows faster than the length. What is strong up to here is strong.
  maxLength: 100,
});

/** `own` is what attackers try first: what the person has said about themselves, and the name of the app. */
export function estimate(password: string, own: readonly string[]): Level {
  const { score } = zxcvbn.check(password.normalize("NFKC"), own.flatMap(wordsIn));
  return LEVELS[score] ?? 1;
}

/** The whole, its words, and these in one: "Ada King" is also Ada, King and AdaKing; an address also what is before the @. */
function wordsIn(text: string): string[] {
  const [local = ""] = text.split("@");
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => [...word].length > 2);
  return [text, local, words.join(""), ...words];
}
