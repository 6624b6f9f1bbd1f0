/**
 * When a session was last used, in words. The API records a use once per access token, which may then be used for up
 * to an hour more (the longest ACCESS_TOKEN_TTL). The texts for the last hours are true for all of that time.
 */

import { counted, type Forms } from "./fill";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Telling {
  readonly now: Date;
  readonly language: string;
  readonly words: {
    readonly lastHour: string;
    readonly lastTwoHours: string;
    readonly hoursAgo: Forms;
    readonly daysAgo: Forms;
  };
}

/** Empty if that is a week ago or more: then the day says more. */
export function lastUsed(at: Date, { now, language, words }: Telling): string {
  const ago = now.getTime() - at.getTime();
  if (ago < HOUR) return words.lastHour;
  if (ago < 2 * HOUR) return words.lastTwoHours;
  if (ago < DAY) return counted(words.hoursAgo, Math.floor(ago / HOUR), language);
  if (ago < 7 * DAY) return counted(words.daysAgo, Math.floor(ago / DAY), language);
  return "";
}
