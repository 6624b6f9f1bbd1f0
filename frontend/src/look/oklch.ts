/** Colors as lightness, chroma and hue (OKLCH), as CSS Color 4 defines them, and the contrast of WCAG 2.2. Pure. */

/** Lightness from 0 to 1, chroma, hue in degrees. */
export type Oklch = readonly [lightness: number, chroma: number, hue: number];

type Three = readonly [number, number, number];

/** A color that a screen can show may be this far outside, because numbers are rounded. */
const TOLERANCE = 0.0005;

/** Of `#rrggbb`. */
export function oklchOf(hex: string): Oklch {
  const [r, g, b] = linear(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const c = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    Math.hypot(a, c),
    (Math.atan2(c, a) * 180) / Math.PI,
  ];
}

/** As `#rrggbb`. If a screen cannot show the color, it gets less chroma, and keeps its lightness and hue. */
export function hexOf([lightness, chroma, hue]: Oklch): string {
  let [shown, most] = [0, chroma];
  if (isShown(rgb([lightness, chroma, hue]))) shown = chroma;
  else
    for (let round = 0; round < 24; round++) {
      const middle = (shown + most) / 2;
      if (isShown(rgb([lightness, middle, hue]))) shown = middle;
      else most = middle;
    }
  const channels = rgb([lightness, shown, hue]).map((value) => {
    const channel = Math.min(1, Math.max(0, value));
    const encoded = channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055;
    return Math.floor(encoded * 255 + 0.5)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${channels.join("")}`;
}

/** From 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function linear(hex: string): Three {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function rgb([lightness, chroma, hue]: Oklch): Three {
  const angle = (hue * Math.PI) / 180;
  const [a, c] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * c) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * c) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * c) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function isShown(channels: Three): boolean {
  return channels.every((value) => value >= -TOLERANCE && value <= 1 + TOLERANCE);
}
