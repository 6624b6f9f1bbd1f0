/**
 * Estimates how many guesses a password takes, and why, exactly as the API does (backend/src/passwords/estimate.py): with
 * the same lists of zxcvbn. The lists are larger than the rest of the page: only the worker imports this.
 */

import matching, { type Match } from "zxcvbn/lib/matching.js";
import scoring from "zxcvbn/lib/scoring.js";
import { folded } from "./own-words";
import type { Weakness } from "./verdict";

interface Estimate {
  readonly guesses: number;
  readonly weakness: Weakness;
}

/** Characters that are estimated at once: the work grows with the square of the length. */
const LONGEST = 50;
/** The most readings of signs as letters for one text. */
const MOST_DISGUISES = 8;
/** As in zxcvbn, which does not export it. */
const DISGUISES = {
  ...{ a: ["4", "@"], b: ["8"], c: ["(", "{", "[", "<"], e: ["3"], g: ["6", "9"], i: ["1", "!", "|"] },
  ...{ l: ["1", "|", "7"], o: ["0"], s: ["$", "5"], t: ["+", "7"], x: ["%"], z: ["2"] },
};

const KINDS: Partial<Record<string, Weakness>> = {
  dictionary: "word",
  spatial: "keyboard",
  repeat: "repeats",
  sequence: "sequence",
  date: "date",
  regex: "date",
};

/** The guesses for the stronger end. The whole password takes at least as many. */
export function estimate(password: string, own: readonly string[]): Estimate {
  const text = oneUnitEach(folded(password));
  const [start, end] = [text.slice(0, LONGEST), text.slice(-LONGEST)].map((part) => estimateOf(part, own));
  if (!start || !end) throw new Error("there are two ends");
  return start.guesses >= end.guesses ? start : end;
}

/** The API counts code points. So each that JavaScript counts as two becomes one that is in no list. */
function oneUnitEach(text: string): string {
  return [...text]
    .map((sign) =>
      sign.length > 1 ? String.fromCharCode(0xe000 + ((sign.codePointAt(0) ?? 0) % 0x1900)) : sign,
    )
    .join("");
}

/** At most what is left takes without the words of the person and of the service. */
function estimateOf(text: string, own: readonly string[]): Estimate {
  const matches = matchesOf(text, own);
  const best = scoring.most_guessable_match_sequence(text, matches);
  const found = { guesses: best.guesses, weakness: weaknessOf(best.sequence) };
  const rest = withoutOwn(text, matches);
  if (rest === text || !rest) return found;
  const left = scoring.most_guessable_match_sequence(rest, matchesOf(rest, [])).guesses;
  return { guesses: Math.min(found.guesses, left), weakness: "own" };
}

function matchesOf(text: string, own: readonly string[]): Match[] {
  matching.set_user_input_dictionary(own);
  const signs = matching.relevant_l33t_subtable(text, DISGUISES);
  const readings = Object.values(signs).reduce((product, each) => product * each.length, 1);
  const {
    dictionary_match,
    reverse_dictionary_match,
    spatial_match,
    sequence_match,
    regex_match,
    date_match,
  } = matching;
  const matchers =
    readings <= MOST_DISGUISES
      ? [matching.omnimatch]
      : [dictionary_match, reverse_dictionary_match, spatial_match, sequence_match, regex_match, date_match];
  return matchers.flatMap((matcher) => matcher.call(matching, text)).filter(isReal);
}

/** zxcvbn finds "constructor" in each list, because every object of JavaScript has one. */
function isReal({ pattern, rank, base_guesses }: Match): boolean {
  return pattern === "dictionary" ? typeof rank === "number" : !Number.isNaN(base_guesses);
}

function withoutOwn(text: string, matches: readonly Match[]): string {
  const own = matches.filter((match) => match.dictionary_name === "user_inputs");
  return [...text].filter((_, place) => !own.some(({ i, j }) => i <= place && place <= j)).join("");
}

/** The weakness of the longest part that is not arbitrary. */
function weaknessOf(sequence: readonly Match[]): Weakness {
  const known = sequence.filter(({ pattern }) => pattern in KINDS);
  const [longest] = known.toSorted((one, other) => other.token.length - one.token.length);
  if (!longest) return "common";
  if (longest.dictionary_name === "user_inputs") return "own";
  if (longest.dictionary_name === "passwords") return "common";
  return (longest.dictionary_name ? "word" : KINDS[longest.pattern]) ?? "word";
}
