import { describe, expect, it } from "vitest";
import { passwordStrength } from "./password-strength";

const RULES = { minLength: 8, maxLength: 1024 };
const strength = (password: string, rules = RULES) => passwordStrength(password, rules);

describe("the strength of a password", () => {
  it("counts what is missing", () => {
    expect(strength("abc")).toEqual({ level: 0, words: "5 more characters needed" });
    expect(strength("lantern")).toEqual({ level: 0, words: "1 more character needed" });
  });

  it("follows the service's own minimum", () => {
    expect(strength("copper door", { ...RULES, minLength: 15 }).level).toBe(0);
    expect(strength("copper door lantern", { ...RULES, minLength: 15 }).level).toBe(4);
  });

  it("counts code points of the normal form, as the service does", () => {
    expect(strength("🚪🔑🧱🪨🏰🕯️").words).toBe("1 more character needed");
    expect(strength("ﬁ".repeat(3)).words).toBe("2 more characters needed"); // a ligature is two letters
  });

  it("refuses what is longer than the service takes", () => {
    expect(strength("x".repeat(1025)).level).toBe(0);
  });

  it.each(["aaaaaaaaaaaaaaaa", "1234567890123456", "abcdefghijklmnop", "ababababababab"])(
    "is not fooled by repetition: %s",
    (password) => {
      expect(strength(password).level).toBeLessThanOrEqual(1);
    },
  );

  it("grows with length, not with decoration", () => {
    expect(strength("P@ssw0rd").level).toBe(1);
    expect(strength("copperdoor").level).toBe(2);
    expect(strength("copper door l").level).toBe(3);
    expect(strength("copper door lantern").level).toBe(4);
  });
});
