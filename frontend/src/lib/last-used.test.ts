import { describe, expect, it } from "vitest";
import { dayOf, lastUsed } from "./last-used";

const NOW = new Date("2026-06-10T12:00:00Z");

describe("a session was last used", () => {
  it.each([
    ["2026-06-10T12:00:30Z", "In the last hour"], // by a clock that is a little ahead
    ["2026-06-10T11:59:00Z", "In the last hour"],
    ["2026-06-10T11:00:01Z", "In the last hour"],
    ["2026-06-10T11:00:00Z", "In the last two hours"],
    ["2026-06-10T10:00:01Z", "In the last two hours"],
    ["2026-06-10T10:00:00Z", "About 2 hours ago"],
    ["2026-06-09T12:00:01Z", "About 23 hours ago"],
    ["2026-06-09T12:00:00Z", "1 day ago"],
    ["2026-06-08T12:00:01Z", "1 day ago"],
    ["2026-06-08T12:00:00Z", "2 days ago"],
    ["2026-06-03T12:00:01Z", "6 days ago"],
    ["2026-06-03T12:00:00Z", "3 June"],
    ["2026-03-03T00:00:00Z", "3 March"],
    ["2025-12-31T23:59:59Z", "31 December 2025"],
  ])("%s: %s", (at, words) => {
    expect(lastUsed(new Date(at), NOW)).toBe(words);
  });
});

it("a day is shown with its year only if that is not this year", () => {
  expect(dayOf(new Date("2026-01-01T00:00:00Z"), NOW)).toBe("1 January");
  expect(dayOf(new Date("2024-02-29T00:00:00Z"), NOW)).toBe("29 February 2024");
});
