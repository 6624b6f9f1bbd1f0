/**
 * When a session was last used, in words. The API records a use once per access token, which may then be used for up
 * to an hour more (the longest ACCESS_TOKEN_TTL). The texts for the last hours are true for all of that time.
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

/** "3 March", with the year if it is not this year. */
export function dayOf(at: Date, now: Date): string {
  return (at.getUTCFullYear() === now.getUTCFullYear() ? THIS_YEAR : ANY_YEAR).format(at);
}
