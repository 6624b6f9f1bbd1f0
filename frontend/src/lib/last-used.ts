/** When a session was last used, in words. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The API notes a use once for each access token, so a session in use may look that old. */
const NOW = 16 * MINUTE;

export function lastUsed(at: Date, now: Date): string {
  const ago = now.getTime() - at.getTime();
  if (ago < NOW) return "Active now";
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} minutes ago`;
  if (ago < DAY) return count(Math.floor(ago / HOUR), "hour");
  if (ago < 7 * DAY) return count(Math.floor(ago / DAY), "day");
  return dayOf(at, now);
}

const THIS_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const ANY_YEAR = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** "3 March", with the year if it is another one. */
export function dayOf(at: Date, now: Date): string {
  return (at.getUTCFullYear() === now.getUTCFullYear() ? THIS_YEAR : ANY_YEAR).format(at);
}

function count(many: number, unit: string): string {
  return `${many} ${unit}${many === 1 ? "" : "s"} ago`;
}
