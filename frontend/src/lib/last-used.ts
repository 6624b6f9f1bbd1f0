/**
 * When a session was last used, in words. The API notes a use once for each access token, which may be used for another
 * hour where ACCESS_TOKEN_TTL is at its longest: words for the last hours have to be true of all that time.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function lastUsed(at: Date, now: Date): string {
  const ago = now.getTime() - at.getTime();
  if (ago < HOUR) return "In the last hour";
  if (ago < 2 * HOUR) return "In the last two hours";
  if (ago < DAY) return `About ${Math.floor(ago / HOUR)} hours ago`;
  if (ago < 2 * DAY) return "1 day ago";
  if (ago < 7 * DAY) return `${Math.floor(ago / DAY)} days ago`;
  return dayOf(at, now);
}

const THIS_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const ANY_YEAR = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** "3 March", with the year if it is another one. */
export function dayOf(at: Date, now: Date): string {
  return (at.getUTCFullYear() === now.getUTCFullYear() ? THIS_YEAR : ANY_YEAR).format(at);
}
