import { expect, it } from "vitest";
import { waitInWords } from "./wait";

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

it.each([
  [1, "1 second"],
  [0.2, "1 second"],
  [2, "2 seconds"],
  [59, "59 seconds"],
  [MINUTE, "1 minute"],
  [MINUTE + 1, "2 minutes"],
  [15 * MINUTE, "15 minutes"],
  [59 * MINUTE, "59 minutes"],
  [59 * MINUTE + 1, "1 hour"],
  [HOUR, "1 hour"],
  [HOUR + 1, "2 hours"],
  [23 * HOUR, "23 hours"],
  [23 * HOUR + 1, "1 day"],
  [DAY, "1 day"],
  [DAY + 1, "2 days"],
  [30 * DAY, "30 days"],
])("%d seconds: %s", (seconds, words) => {
  expect(waitInWords(seconds, "en")).toBe(words);
});

it("is said in other languages", () => {
  expect(waitInWords(2 * DAY, "de")).toBe("2 Tage");
});
