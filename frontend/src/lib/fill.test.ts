import { expect, it } from "vitest";
import { counted, fill } from "./fill";

it("a value is never read as a sentence itself", () => {
  expect(fill("{a} and {b}", { a: "{b}", b: "$1" })).toBe("{b} and $1");
});

it("a placeholder without a value stays", () => {
  expect(fill("Hello, {name}", {})).toBe("Hello, {name}");
});

it.each([
  [1, "en", "1 device"],
  [2, "en", "2 devices"],
  [1024, "en", "1,024 devices"],
  [1024, "de", "1.024 devices"],
  [3, "pl", "3 devices (few)"],
])("%d in %s: %s", (count, language, text) => {
  const forms = { one: "{count} device", few: "{count} devices (few)", other: "{count} devices" };
  expect(counted(forms, count, language)).toBe(text);
});
