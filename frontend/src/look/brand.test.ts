import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import vectors from "../../../backend/tests/vectors/brand-colors.json";
import { BACKGROUNDS, brandSheet, schemeOf } from "./brand";
import { contrast, hexOf, oklchOf } from "./oklch";

const NAMES = ["light", "dark"] as const;

it.each(Object.entries(vectors))("derives the same schemes of %s as the API", (brand, schemes) => {
  for (const name of NAMES) expect(schemeOf(brand, name)).toEqual(schemes[name]);
});

/** Every 51st value of each channel, and all grays. */
function* colors(): Generator<string> {
  for (let red = 0; red < 256; red += 51)
    for (let green = 0; green < 256; green += 51)
      for (let blue = 0; blue < 256; blue += 51)
        yield `#${[red, green, blue].map((one) => one.toString(16).padStart(2, "0")).join("")}`;
  for (let gray = 0; gray < 256; gray++) yield `#${gray.toString(16).padStart(2, "0").repeat(3)}`;
}

it("with any color, texts of the color and on the color can be read in both schemes", () => {
  const hard: string[] = [];
  for (const brand of colors())
    for (const name of NAMES) {
      const { door, "door-deep": deep, "on-door": on, tint } = schemeOf(brand, name);
      const pages = [...BACKGROUNDS[name].map(hexOf), tint];
      const least = Math.min(
        ...pages.map((page) => contrast(door, page)),
        contrast(on, door),
        contrast(on, deep),
      );
      if (!(least >= 4.5)) hard.push(`${brand} ${name} ${least}`);
    }
  expect(hard).toEqual([]);
});

it("keeps a color that can be read", () => {
  expect(schemeOf("#7c3aed", "light").door).toBe("#7c3aed");
  expect(schemeOf("#ffcc00", "dark").door).toBe("#ffcc00");
  expect(oklchOf(schemeOf("#ffcc00", "light").door)[2]).toBeCloseTo(oklchOf("#ffcc00")[2], 0);
});

const CSS = readFileSync(new URL("../app/globals.css", import.meta.url), "utf8");

it("computes with the backgrounds of globals.css", () => {
  const tokens = ["wall", "paper", "well"].map(
    (name) => CSS.match(new RegExp(`--color-${name}: (.+);`))?.[1],
  );
  const written = tokens.map((_, at) => {
    const [light, dark] = NAMES.map((name) => `oklch(${BACKGROUNDS[name][at]?.join(" ")})`);
    return `light-dark(${light}, ${dark})`;
  });
  expect(tokens).toEqual(written);
});

it("replaces only tokens that globals.css has", () => {
  const names = [...brandSheet("#0b5fff").matchAll(/--color-[a-z-]+/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(CSS).toContain(`${name}: light-dark(`);
});
