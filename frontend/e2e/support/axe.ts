import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { default as Axe, AxeResults, RunOptions } from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Only the colors differ between light and dark mode. */
const RULES: Readonly<Record<"light" | "dark", RunOptions>> = {
  light: {},
  dark: { runOnly: { type: "tag", values: ["cat.color"] } },
};

declare global {
  interface Window {
    axe: typeof Axe;
  }
}

/**
 * Ends all color transitions at once: a browser that draws no frame would never end them. A new color reaches nested
 * elements one after the other, and each begins its own.
 */
function settleColors(): void {
  const changing = () => document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  for (let depth = 0, left = changing(); left.length > 0 && depth < 200; depth++, left = changing())
    for (const transition of left) transition.finish();
}

/** The violations that axe finds on the page in its current state, in light mode and in dark mode. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settleColors);
    const { violations }: AxeResults = await page.evaluate(
      (rules) => window.axe.run(rules),
      RULES[colorScheme],
    );
    found.push(
      ...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${colorScheme}: ${id}: ${node.html}`)),
    );
  }
  await page.emulateMedia({ colorScheme: null });
  return found;
}
