/** An honest estimate without a dictionary: length is what counts, and repetition does not add to it. */

export interface PasswordRules {
  readonly minLength: number;
  readonly maxLength: number;
}

export interface Strength {
  /** 0 while the service would refuse it, then 1 to 4. */
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly words: string;
}

export function passwordStrength(password: string, { minLength, maxLength }: PasswordRules): Strength {
  // Counted as the service counts: code points of the normal form.
  const characters = [...password.normalize("NFKC")];
  if (characters.length < minLength) {
    const missing = minLength - characters.length;
    return {
      level: 0,
      words: missing === 1 ? "1 more character needed" : `${missing} more characters needed`,
    };
  }
  if ([...password].length > maxLength) {
    return { level: 0, words: `Longer than ${maxLength} characters` };
  }
  const length = effectiveLength(characters);
  if (length < 10) return { level: 1, words: "Easy to guess" };
  if (length < 13) return { level: 2, words: "Fair" };
  if (length < 17) return { level: 3, words: "Good" };
  return { level: 4, words: "Strong" };
}

/** Characters that do not merely repeat or continue what came before: "aaaa" and "1234" count as two. */
function effectiveLength(characters: readonly string[]): number {
  const codes = characters.map((character) => character.codePointAt(0) ?? 0);
  const fresh = codes.filter((code, at) => {
    const [last, beforeLast] = [codes[at - 1], codes[at - 2]];
    if (last === undefined || beforeLast === undefined) return true;
    const step = code - last;
    return step !== last - beforeLast || Math.abs(step) > 1;
  });
  return Math.min(fresh.length, new Set(codes).size * 2);
}
