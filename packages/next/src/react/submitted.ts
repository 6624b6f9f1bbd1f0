/** From the click on "Sign out" to the page that comes after it: a mark in this tab. */

const MARK = "postern-signing-out";

export function markSubmitted(): void {
  sessionStorage.setItem(MARK, "1");
}

/** True once, on the page after signing out. */
export function hasSubmitted(): boolean {
  const marked = sessionStorage.getItem(MARK) !== null;
  sessionStorage.removeItem(MARK);
  return marked;
}
