/** How long to wait, in words: "30 seconds". Rounded up, so that who waits for so long has waited long enough. */

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
