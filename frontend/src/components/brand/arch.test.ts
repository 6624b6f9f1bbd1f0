import { expect, it } from "vitest";
import { archStones } from "./arch";

it("the stones stand from foot to foot, and only the keystone stands out", () => {
  const stones = archStones({ x: 100, y: 100, inner: 80, outer: 90, stones: 5, keystone: 8 });
  expect(stones).toHaveLength(5);
  expect(stones[0]).toMatch(/^M20\.00 100\.00L10\.00 100\.00A90 90/);
  expect(stones[4]).toContain("190.00 100.00L180.00 100.00");
  expect(stones.map((stone) => stone.includes("A98 98"))).toEqual([false, false, true, false, false]);
});
