/** What the meter says about a password: whether the API would refuse it and why, or how strong it is. */

/** Why attackers guess a password early. */
export type Weakness = "common" | "word" | "sequence" | "repeats" | "date" | "keyboard" | "own" | "leaked";

/** One of the four steps of the bar. */
export type Level = 1 | 2 | 3 | 4;

export interface Verdict {
  readonly level: Level;
  /** If the API would refuse the password. */
  readonly weakness?: Weakness;
}

/** `atLeast` is the number of guesses that the API demands. */
export function verdictOn(
  { guesses, weakness }: { readonly guesses: number; readonly weakness: Weakness },
  atLeast: number,
): Verdict {
  return guesses < atLeast ? { level: 1, weakness } : { level: levelOf(guesses) };
}

/** Below a million guesses a password is weak. Each further step takes a hundred times more, and a few as in zxcvbn. */
function levelOf(guesses: number): Level {
  if (guesses < 1e6) return 1;
  if (guesses < 1e8 + 5) return 2;
  return guesses < 1e10 + 5 ? 3 : 4;
}
