import { describe, expect, it } from "vitest";
import vectors from "../../../../backend/tests/vectors/password-verdicts.json";
import { estimate } from "./estimate";
import { ownWords } from "./own-words";
import { verdictOn } from "./verdict";

const ADA = ownWords({
  email: vectors.email,
  name: vectors.name,
  appName: vectors.app_name,
  host: vectors.host,
});
const [IN_PRODUCTION, ELSEWHERE] = [1e6, 1e5];

describe("the meter", () => {
  // A test of the API checks that it says the same about these.
  it.each(vectors.passwords)("agrees with the API about $password", ({ password, ...api }) => {
    const found = estimate(password, ADA);
    for (const [atLeast, reason] of [
      [IN_PRODUCTION, api.in_production] as const,
      [ELSEWHERE, api.elsewhere] as const,
    ]) {
      const { level, words } = verdictOn(found, atLeast);
      if (reason)
        expect({ level, words }).toEqual({ level: 1, words: `${reason} Use a few unrelated words.` });
      else expect(words).toMatch(/^(Weak|Fair|Good|Strong)/);
    }
  });

  it("shows that a password which the API accepts is weak", () => {
    const { words } = verdictOn(estimate("testpass123", []), ELSEWHERE);
    expect(words).toBe("Weak: attackers would guess it early");
  });

  it.each([
    ["copper door", "Fair"],
    ["x7#kQ9!mZ2", "Good"],
    ["copper door lantern", "Strong"],
    ["correct horse battery staple", "Strong"],
  ])("shows more with more unrelated words: %s", (password, words) => {
    expect(verdictOn(estimate(password, []), IN_PRODUCTION).words).toBe(words);
  });

  it("estimates a password of any length", () => {
    expect(estimate("correct horse battery staple ".repeat(35), ADA).guesses).toBeGreaterThan(1e10);
    expect(estimate("x".repeat(1_024), ADA).weakness).toBe("repeats");
  });
});
