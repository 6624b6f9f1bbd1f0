import { describe, expect, it } from "vitest";
import { OURS } from "@/words/catalogue";
import { lastUsed } from "./last-used";

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
    ["2026-06-03T12:00:00Z", ""],
  ])("%s: %s", (at, words) => {
    expect(lastUsed(new Date(at), { now: NOW, language: "en", words: OURS.en.devices })).toBe(words);
  });
});
