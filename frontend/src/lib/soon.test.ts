import { expect, it } from "vitest";
import { isSoon } from "./soon";

it("what is done already is soon, also if it failed", async () => {
  expect(await isSoon(Promise.resolve())).toBe(true);
  expect(await isSoon(Promise.reject(new Error("refused")))).toBe(true);
});

it("what is never done is not", async () => {
  expect(await isSoon(new Promise(() => {}), 1)).toBe(false);
});
