/** Both color schemes of a brand, from its one color. The API derives the same for its mails and pages. */

import { contrast, hexOf, type Oklch, oklchOf } from "./oklch";

/** What texts stand on, as in globals.css: wall, paper and well. */
export const BACKGROUNDS = {
  light: [
    [0.951, 0.005, 165],
    [0.993, 0.002, 165],
    [0.972, 0.004, 165],
  ],
  dark: [
    [0.185, 0.009, 185],
    [0.212, 0.01, 185],
    [0.172, 0.009, 185],
  ],
} as const satisfies Record<string, readonly Oklch[]>;

/** WCAG 2.2, 1.4.3: for texts of every size. */
const READABLE = 4.5;

/** The chroma of Postern's own color. Shades of a brand with less chroma have less in proportion. */
const USUAL = 0.082;

/** Lightness and chroma. `step` leads away from the page, and `deeper` to the color of a button under the pointer. */
const SCHEMES = {
  light: { onDoor: [0.99, 0.004], tint: [0.944, 0.021], step: -0.01, deeper: -0.06 },
  dark: { onDoor: [0.195, 0.03], tint: [0.262, 0.026], step: 0.01, deeper: 0.055 },
} as const;

type SchemeName = keyof typeof SCHEMES;

/** The names of globals.css, without `--color-`, and their colors. */
export type Scheme = Readonly<Record<"door" | "door-deep" | "on-door" | "tint", string>>;

/** `brand` is `#rrggbb`. The door has the brand's color, or the nearest lightness at which all texts can be read. */
export function schemeOf(brand: string, name: SchemeName): Scheme {
  const [lightness, chroma, hue] = oklchOf(brand);
  const { step, deeper } = SCHEMES[name];
  const [tint, onDoor] = [shade(brand, SCHEMES[name].tint), shade(brand, SCHEMES[name].onDoor)];
  const pages = [...BACKGROUNDS[name].map(hexOf), tint];
  for (let steps = 0; ; steps++) {
    const at = Math.min(1, Math.max(0, lightness + steps * step));
    const below = at + deeper >= 0 && at + deeper <= 1 ? at + deeper : at - deeper;
    const [door, doorDeep] = [hexOf([at, chroma, hue]), hexOf([below, chroma, hue])];
    const isReadable =
      pages.every((page) => contrast(door, page) >= READABLE) &&
      [door, doorDeep].every((background) => contrast(onDoor, background) >= READABLE);
    // Black and white can always be read, so this ends.
    if (isReadable) return { door, "door-deep": doorDeep, "on-door": onDoor, tint };
  }
}

function shade(brand: string, [lightness, chroma]: readonly [number, number]): string {
  const [, own, hue] = oklchOf(brand);
  return hexOf([lightness, chroma * Math.min(1, own / USUAL), hue]);
}

/** The tokens of globals.css that a brand replaces, as a style sheet. */
export function brandSheet(brand: string): string {
  const [light, dark] = [schemeOf(brand, "light"), schemeOf(brand, "dark")];
  const gate = {
    light: {
      leaf: light.door,
      plank: light["door-deep"],
      light: shade(brand, [0.995, 0.012]),
      "light-low": shade(brand, [0.93, 0.04]),
      beam: shade(brand, [0.985, 0.014]),
    },
    dark: {
      leaf: shade(brand, [0.4, 0.062]),
      plank: shade(brand, [0.335, 0.052]),
      light: shade(brand, [0.955, 0.06]),
      "light-low": shade(brand, [0.8, 0.092]),
      beam: shade(brand, [0.36, 0.045]),
    },
  };
  const inDark = root({ ...dark, ...gate.dark });
  return `${root({ ...light, ...gate.light })}@media (prefers-color-scheme:dark){${inDark}}`;
}

function root(tokens: Readonly<Record<string, string>>): string {
  const lines = Object.entries(tokens).map(([name, color]) => `--color-${name}:${color}`);
  return `:root{${lines.join(";")}}`;
}
