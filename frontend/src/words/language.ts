/** Which language a person gets: their choice, or else what their browser likes best. Pure. */

interface Wishes {
  /** The value of the cookie that keeps a choice. */
  readonly chosen: string | undefined;
  readonly acceptLanguage: string | undefined;
}

const DEFAULT = "en";
/** The most entries of a header that are read. */
const MOST = 20;

/** With `__Host-`, as the cookies of the session: a sibling host cannot set it. */
export function languageCookie(https: boolean): string {
  return `${https ? "__Host-" : ""}postern-language`;
}

export function languageOf({ chosen, acceptLanguage = "" }: Wishes, known: Iterable<string>): string {
  const languages = [...known];
  if (chosen && languages.includes(chosen)) return chosen;
  for (const range of rangesIn(acceptLanguage)) {
    const found = lookedUp(range, languages);
    if (found) return found;
  }
  return DEFAULT;
}

/** The ranges of the header, the best liked first (RFC 9110, section 12.5.4). */
function rangesIn(header: string): string[] {
  return header
    .split(",")
    .slice(0, MOST)
    .map((entry) => {
      const [range = "", weight] = entry.split(";");
      const liked = weight === undefined ? 1 : Number(weight.match(/^\s*q=([\d.]+)\s*$/)?.[1] ?? 0);
      return { range: range.trim().toLowerCase(), liked };
    })
    .filter(({ liked }) => liked > 0)
    .toSorted((one, other) => other.liked - one.liked)
    .map(({ range }) => range);
}

/** "de-AT" finds "de" (RFC 4647, section 3.4). */
function lookedUp(range: string, known: readonly string[]): string | undefined {
  const parts = range.split("-");
  for (let length = parts.length; length > 0; length -= 1) {
    const shorter = parts.slice(0, length).join("-");
    const found = known.find((language) => language.toLowerCase() === shorter);
    if (found) return found;
  }
}
