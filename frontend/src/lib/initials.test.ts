import { expect, it } from "vitest";
import { initialsOf } from "./initials";

it.each([
  ["Ada Lovelace", "AL"],
  ["ada", "A"],
  ["Ada King, Countess of Lovelace", "AK"],
  ["<b>Ada</b> &amp; <i>Co</i>", "BA"],
  ["<script>", "S"],
  ["— Ada", "A"],
  ["(עדה) לאבלייס!", "על"],
  ["👩‍👩‍👧‍👦 Family", "👩‍👩‍👧‍👦F"],
  ["🇨🇭 Swiss", "🇨🇭S"],
  ["❤️ Love", "❤️L"],
  ["e\u0301mile zola", "ÉZ"],
  ["ßteve", "ß"],
  ["007 James", "0J"],
  ["நிலா", "நி"],
  ["𝒜da", "𝒜"],
  ["$ $ $", ""],
  ["   ", ""],
  ["\u200b\u200d", ""],
])("the initials of %j are %j", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

it("many marks on one letter do not leave its shape", () => {
  expect([...initialsOf(`a${"\u0300\u0301\u0302\u0303".repeat(50)}`)].length).toBeLessThanOrEqual(3);
});
