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

/** Waits until all color transitions have ended. A new color reaches nested elements one after the other. */
async function colorsSettle(): Promise<void> {
  const changing = () => document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  do await new Promise(requestAnimationFrame);
  while (changing().length > 0);
}

/** The violations that axe finds on the page in its current state, in light mode and in dark mode. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(colorsSettle);
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
