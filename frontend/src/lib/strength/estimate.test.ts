import { describe, expect, it } from "vitest";
import { estimate } from "./estimate";

const ADA = ["ada.lovelace@example.com", "Ada King"];

describe("a password", () => {
  it.each([
    ...["password123", "P@ssw0rd", "aaaaaaaaaaaaaaaa", "1234567890123456", "qwertyuiop12", "abababababab"],
    ...["governmental", "christopherjohnson", "lantern1"],
  ])("is weak if attackers try it early: %s", (password) => {
    expect(estimate(password, ADA)).toBe(1);
  });

  it.each(["ada.lovelace@example.com", "lovelace1815", "Lovelace!", "AdaKing12"])(
    "is weak if it consists of the person's own details: %s",
    (password) => {
      expect(estimate(password, ADA)).toBe(1);
    },
  );

  it.each([
    ["northernlights1", "Northernlights & Sons"],
    ["NorthernlightsSons", "Northernlights & Sons"],
  ])("is weak if it consists of the app's name: %s", (password, appName) => {
    expect(estimate(password, [])).toBeGreaterThan(1);
    expect(estimate(password, [appName])).toBe(1);
  });

  it("is stronger with more unrelated words", () => {
    expect(estimate("copper door", [])).toBe(2);
    expect(estimate("summer2026!", [])).toBe(2);
    expect(estimate("x7#kQ9!mZ2", [])).toBe(3);
    expect(estimate("copper door lantern", [])).toBe(4);
    expect(estimate("correct horse battery staple", [])).toBe(4);
  });

  it("can be of any length", () => {
    expect(estimate("correct horse battery staple ".repeat(35), ADA)).toBe(4);
    expect(estimate("x".repeat(1_024), ADA)).toBe(1);
  });
});
