import { expect, it } from "vitest";
import { iconOf } from "./icon";

const OWN = { theme: "arch", links: {} } as const;

it("is Postern's gate in its own colors, or in those of the brand", () => {
  expect(iconOf("Lanterns", OWN)).toContain("fill:#0c6658");
  const branded = iconOf("Lanterns", { ...OWN, brandColor: "#0b5fff" });
  expect(branded).toContain(".door{fill:#065cfb}");
  expect(branded).toContain(".door{fill:#4e8aff}");
  expect(branded).not.toContain("#0c6658");
});

it.each([
  ["Lanterns & Sons", ">L</text>"],
  ["& Sons", ">S</text>"],
  ["żółw", ">Ż</text>"],
  ["🐢 turtles", ">🐢</text>"],
  ["…", "></text>"],
])("of %s in the plain theme is its first sign", (name, text) => {
  const icon = iconOf(name, { ...OWN, theme: "plain" });
  expect(icon).toContain(text);
  expect(icon).not.toContain("<circle");
});
