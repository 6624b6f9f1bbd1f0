import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OURS } from "@/words/catalogue";
import vectors from "../../../../backend/tests/vectors/password-verdicts.json";
import { estimate } from "./estimate";
import { judge } from "./judge";
import type { Read } from "./leaked";
import { ownWords } from "./own-words";
import { verdictOn } from "./verdict";

const { newPassword } = OURS.en;

const FILE = readFileSync("../backend/src/passwords/leaked.bin");
const LIST: Read = async (begin, end) => FILE.subarray(begin, end);

const ADA = ownWords({
  email: vectors.email,
  name: vectors.name,
  appName: vectors.app_name,
  host: vectors.host,
});
const [IN_PRODUCTION, ELSEWHERE] = [1e6, 1e5];

describe("the meter", () => {
  // A test of the API checks that it says the same about these.
  it.each(vectors.passwords)("agrees with the API about $password", async ({ password, ...api }) => {
    for (const [atLeast, reason] of [
      [IN_PRODUCTION, api.in_production] as const,
      [ELSEWHERE, api.elsewhere] as const,
    ]) {
      const { level, weakness } = await judge(password, ADA, atLeast, LIST);
      expect(weakness && newPassword[weakness]).toBe(
        reason ? `${reason} Use a few unrelated words.` : undefined,
      );
      if (weakness) expect(level).toBe(1);
    }
  });

  it("shows that a password which the API accepts is weak", () => {
    expect(verdictOn(estimate("testpass123", []), ELSEWHERE)).toEqual({ level: 1 });
  });

  it.each([
    ["copper door", 2],
    ["x7#kQ9!mZ2", 3],
    ["copper door lantern", 4],
    ["correct horse battery staple", 4],
  ])("shows more with more unrelated words: %s", (password, level) => {
    expect(verdictOn(estimate(password, []), IN_PRODUCTION)).toEqual({ level });
  });

  it("says what the estimate says if the list cannot be read", async () => {
    const list: Read = () => Promise.reject(new Error("offline"));
    expect(await judge("1g2w3e4r", ADA, IN_PRODUCTION, list)).toEqual({ level: 2 });
  });

  it("estimates a password of any length", () => {
    expect(estimate("correct horse battery staple ".repeat(35), ADA).guesses).toBeGreaterThan(1e10);
    expect(estimate("x".repeat(1_024), ADA).weakness).toBe("repeats");
  });
});
