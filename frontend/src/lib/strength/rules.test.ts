import { describe, expect, it } from "vitest";
import { lengthFault } from "./rules";

const RULES = { minLength: 8, maxLength: 1024 };

describe("the length of a password", () => {
  it("says how many characters are missing", () => {
    expect(lengthFault("abc", RULES)).toEqual({ fault: "missing", count: 5 });
    expect(lengthFault("lantern", RULES)).toEqual({ fault: "missing", count: 1 });
    expect(lengthFault("lantern1", RULES)).toBeUndefined();
  });

  it("follows the service's own rules", () => {
    expect(lengthFault("copper door", { ...RULES, minLength: 15 })).toEqual({ fault: "missing", count: 4 });
    expect(lengthFault("x".repeat(1024), RULES)).toBeUndefined();
    expect(lengthFault("x".repeat(1025), RULES)).toEqual({ fault: "tooLong", count: 1024 });
  });

  it("is counted in code points of the normal form, as the service counts", () => {
    expect(lengthFault("🚪🔑🧱🪨🏰🕯️", RULES)).toEqual({ fault: "missing", count: 1 });
    expect(lengthFault("ﬁ".repeat(3), RULES)).toEqual({ fault: "missing", count: 2 }); // a ligature is two letters
  });
});
