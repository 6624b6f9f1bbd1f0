/** How long to wait, in words, such as "30 seconds". It is rounded up, so that the wait is never too short. */

const UNITS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
] as const;

export function waitInWords(seconds: number): string {
  let count = Math.ceil(seconds);
  for (const [unit, next] of UNITS) {
    if (count < next) return plural(count, unit);
    count = Math.ceil(count / next);
  }
  return plural(count, "day");
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
