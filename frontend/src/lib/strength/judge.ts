import { estimate } from "./estimate";
import { isLeaked, type Read } from "./leaked";
import { type Verdict, verdictOn } from "./verdict";

/** The list has only passwords that take so many guesses by the estimate. */
const LISTED_FROM = 1e6;

/** What the API would say about a new password. Without the list it is what the estimate says. */
export async function judge(
  password: string,
  own: readonly string[],
  atLeast: number,
  list: Read,
): Promise<Verdict> {
  const found = estimate(password, own);
  const listed =
    found.guesses >= Math.max(atLeast, LISTED_FROM) && (await isLeaked(password, list).catch(() => false));
  return listed ? { level: 1, weakness: "leaked" } : verdictOn(found, atLeast);
}
