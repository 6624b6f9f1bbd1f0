/** How long to wait, in words, such as "30 seconds". It is rounded up, so that the wait is never too short. */

const UNITS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
] as const;

export function waitInWords(seconds: number, language: string): string {
  let count = Math.ceil(seconds);
  for (const [unit, next] of UNITS) {
    if (count < next) return inWords(count, unit, language);
    count = Math.ceil(count / next);
  }
  return inWords(count, "day", language);
}

function inWords(count: number, unit: string, language: string): string {
  return count.toLocaleString(language, { style: "unit", unit, unitDisplay: "long" });
}
