/** The words of the person and of the service, which attackers try first: backend/src/passwords/estimate.py. */

const SHORTEST_NAME = 3;
/** Characters. Shorter parts of a name are in too many passwords by chance. */
const SHORTEST_PART = 5;

export interface Own {
  readonly email: string;
  readonly name: string;
  readonly appName: string;
  /** Of the web app's address. */
  readonly host: string;
}

/** One form for all capitals and widths of letters, since attackers try them all. */
export function folded(text: string): string {
  return text.normalize("NFKC").toUpperCase().toLowerCase();
}

export function ownWords({ email, name, appName, host }: Own): string[] {
  return [...new Set([...wordsOfAddress(email), ...wordsIn(name), ...wordsIn(appName), ...wordsIn(host)])];
}

/** The whole, all words in one, and each long word: "Ada Lovelace" is also adalovelace. */
function wordsIn(name: string): string[] {
  const whole = folded(name);
  const words = whole.split(/[^\p{L}\p{N}]+/u);
  const named = [whole, whole.replace(/\s+/gu, ""), words.join("")];
  return [
    ...named.filter((word) => [...word].length >= SHORTEST_NAME),
    ...words.filter((word) => [...word].length >= SHORTEST_PART),
  ];
}

function wordsOfAddress(email: string): string[] {
  const at = email.lastIndexOf("@");
  const parts = [email, email.slice(0, Math.max(at, 0)), email.slice(at + 1)];
  return parts.flatMap(wordsIn).filter((word) => [...word].length >= SHORTEST_PART);
}
