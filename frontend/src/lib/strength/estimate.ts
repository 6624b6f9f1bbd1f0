/**
 * Estimates how many guesses a password would take. Attackers try what people choose: common passwords, words, names,
 * dates, keyboard rows and variants of these. The lists are larger than the rest of the page: only the worker imports them.
 */

import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english } from "@zxcvbn-ts/language-en";

/** One of the four steps of the bar. */
export type Level = 1 | 2 | 3 | 4;

/** A password that takes at most a million guesses is weak. Each further step takes a hundred times more guesses. */
const LEVELS: readonly Level[] = [1, 1, 2, 3, 4];

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  // The work grows faster than the length. If this much of the password is strong, all of it is.
  maxLength: 100,
});

/** `own` is what attackers try first: the person's own details and the name of the app. */
export function estimate(password: string, own: readonly string[]): Level {
  const { score } = zxcvbn.check(password.normalize("NFKC"), own.flatMap(wordsIn));
  return LEVELS[score] ?? 1;
}

/** The text, its words, and the words joined: "Ada King" gives Ada, King and AdaKing, an address also the part before the @. */
function wordsIn(text: string): string[] {
  const [local = ""] = text.split("@");
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => [...word].length > 2);
  return [text, local, words.join(""), ...words];
}
