/** The parts of zxcvbn that the API's estimate calls, too. The package has no types for them. */

declare module "zxcvbn/lib/matching.js" {
  export interface Match {
    pattern: string;
    token: string;
    i: number;
    j: number;
    dictionary_name?: string;
    rank?: unknown;
    base_guesses?: number;
  }
  type Matcher = (text: string) => Match[];
  const matching: Record<
    | "omnimatch"
    | "dictionary_match"
    | "reverse_dictionary_match"
    | "spatial_match"
    | "sequence_match"
    | "regex_match"
    | "date_match",
    Matcher
  > & {
    set_user_input_dictionary: (words: readonly string[]) => void;
    relevant_l33t_subtable: (text: string, table: object) => Record<string, string[]>;
  };
  export default matching;
}

declare module "zxcvbn/lib/scoring.js" {
  import type { Match } from "zxcvbn/lib/matching.js";

  const scoring: {
    most_guessable_match_sequence: (
      text: string,
      matches: readonly Match[],
    ) => { guesses: number; sequence: Match[] };
  };
  export default scoring;
}
