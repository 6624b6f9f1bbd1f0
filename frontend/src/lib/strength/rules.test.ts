import { describe, expect, it } from "vitest";
import { lengthFault } from "./rules";

const RULES = { minLength: 8, maxLength: 1024 };

describe("the length of a password", () => {
  it("says how many characters are missing", () => {
    expect(lengthFault("abc", RULES)).toBe("5 more characters needed");
    expect(lengthFault("lantern", RULES)).toBe("1 more character needed");
    expect(lengthFault("lantern1", RULES)).toBeUndefined();
  });

  it("follows the service's own rules", () => {
    expect(lengthFault("copper door", { ...RULES, minLength: 15 })).toBe("4 more characters needed");
    expect(lengthFault("x".repeat(1024), RULES)).toBeUndefined();
    expect(lengthFault("x".repeat(1025), RULES)).toBe("Longer than 1024 characters");
  });

  it("is counted in code points of the normal form, as the service counts", () => {
    expect(lengthFault("🚪🔑🧱🪨🏰🕯️", RULES)).toBe("1 more character needed");
    expect(lengthFault("ﬁ".repeat(3), RULES)).toBe("2 more characters needed"); // a ligature is two letters
  });
});
