/** This page, with the page to return to. */
export function here(next: string): string {
  return `/reauthenticate?next=${encodeURIComponent(next)}`;
}
