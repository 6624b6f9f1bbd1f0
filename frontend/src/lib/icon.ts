/** The icon in the brand's colors: Postern's gate, or for the plain theme the first letter of the name. */

import { schemeOf } from "@/look/brand";
import type { Look } from "@/look/look";
import { escaped } from "./escaped";
import { initialsOf } from "./initials";

/** Postern's own colors, as in globals.css. */
const OWN = {
  light: { door: "#0c6658", "on-door": "#fbfdfc" },
  dark: { door: "#7fd3c1", "on-door": "#0a1917" },
};

export function iconOf(appName: string, { theme, brandColor }: Look): string {
  const light = brandColor ? schemeOf(brandColor, "light") : OWN.light;
  const dark = brandColor ? schemeOf(brandColor, "dark") : OWN.dark;
  const style = (stone: string, { door, "on-door": on }: typeof light) =>
    `.stone{stroke:${stone}}.door{fill:${door}}.on{fill:${on}}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<style>${style("#15211f", light)}@media (prefers-color-scheme:dark){${style("#eaf0ee", dark)}}</style>
${theme === "plain" ? letter(appName) : GATE}
</svg>
`;
}

const GATE = `<g class="stone" fill="none" stroke-width="2.5" stroke-linecap="round">
<path d="M5 28V14.5a11 11 0 0 1 22 0V28"/><path d="M2 28h28"/></g>
<path class="door" d="M10 25V14.5a6 6 0 0 1 6-6l4 3.2V28z"/><circle class="on" cx="17" cy="19" r="1.25"/>`;

function letter(appName: string): string {
  const first = initialsOf(appName.split(/\s+/u).find((word) => initialsOf(word)) ?? "");
  return `<rect class="door" width="32" height="32" rx="8"/>
<text class="on" x="16" y="22.5" text-anchor="middle" font-family="system-ui,sans-serif" font-size="19" font-weight="600">${escaped(first)}</text>`;
}
