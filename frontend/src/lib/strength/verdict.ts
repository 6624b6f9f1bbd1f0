/** What the meter says about a password: whether the API would refuse it and why, or how strong it is. */

/** Why attackers guess a password early. The API also knows a long list of leaked ones. */
export type Weakness = "common" | "word" | "sequence" | "repeats" | "date" | "keyboard" | "own";

/** One of the four steps of the bar. */
export type Level = 1 | 2 | 3 | 4;

export interface Verdict {
  readonly level: Level;
  readonly words: string;
}

/** The API's own sentences: backend/src/passwords/errors.py. */
const REASONS: Record<Weakness, string> = {
  common: "This is a common password.",
  word: "This is a common word or name.",
  sequence: "This is a sequence, such as 12345678 or abcdefgh.",
  repeats: "This repeats the same characters.",
  date: "This is a date.",
  keyboard: "This is a row of keys on a keyboard.",
  own: "This is your address, your name or the name of this service.",
};

const WORDS: Record<Level, string> = {
  1: "Weak: attackers would guess it early",
  2: "Fair",
  3: "Good",
  4: "Strong",
};

/** `atLeast` is the number of guesses that the API demands. */
export function verdictOn(
  { guesses, weakness }: { readonly guesses: number; readonly weakness: Weakness },
  atLeast: number,
): Verdict {
  if (guesses < atLeast) return { level: 1, words: `${REASONS[weakness]} Use a few unrelated words.` };
  const level = levelOf(guesses);
  return { level, words: WORDS[level] };
}

/** Below a million guesses a password is weak. Each further step takes a hundred times more, and a few as in zxcvbn. */
function levelOf(guesses: number): Level {
  if (guesses < 1e6) return 1;
  if (guesses < 1e8 + 5) return 2;
  return guesses < 1e10 + 5 ? 3 : 4;
}
