/**
 * When a session was last used, in words. The API records a use once per access token, which may then be used for up
 * to an hour more (the longest ACCESS_TOKEN_TTL). The texts for the last hours are true for all of that time.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Empty if that is a week ago or more: then the day says more. */
export function lastUsed(at: Date, now: Date): string {
  const ago = now.getTime() - at.getTime();
  if (ago < HOUR) return "In the last hour";
  if (ago < 2 * HOUR) return "In the last two hours";
  if (ago < DAY) return `About ${Math.floor(ago / HOUR)} hours ago`;
  if (ago < 2 * DAY) return "1 day ago";
  if (ago < 7 * DAY) return `${Math.floor(ago / DAY)} days ago`;
  return "";
}
