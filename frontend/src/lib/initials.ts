/** The first signs of the first two words of a name, as people read them: never half an emoji, and no punctuation. */

const SIGNS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Empty if the name has neither letters nor digits nor emoji. */
export function initialsOf(name: string): string {
  return name
    .split(/\s+/u)
    .map(firstSign)
    .filter((sign) => sign !== undefined)
    .slice(0, 2)
    .join("");
}

function firstSign(word: string): string | undefined {
  for (const { segment } of SIGNS.segment(word)) {
    if (/^[\p{L}\p{N}]/u.test(segment)) return oneLetter(segment);
    if (/\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u.test(segment)) return segment;
  }
}

/** A letter with at most two marks: names may stack hundreds. Capital letters of one letter may be two: ß becomes SS. */
function oneLetter(sign: string): string {
  const plain = [...sign.normalize("NFC")].slice(0, 3).join("");
  const capital = plain.toLocaleUpperCase("en");
  return [...capital].length > [...plain].length ? plain : capital;
}
