import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { default as Axe, AxeResults } from "axe-core";
import { expect, greeting, signUp, test } from "./support/journey";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

declare global {
  interface Window {
    axe: typeof Axe;
  }
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations }: AxeResults = await page.evaluate(() => window.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("axe finds nothing on the open pages", async ({ page }) => {
      for (const path of ["/", "/signin", "/signup", "/signin?notice=signed-out", "/no-such-page"]) {
        await page.goto(path);
        expect(await findings(page), path).toEqual([]);
      }
    });

    test("axe finds nothing on refused forms, nor on the profile", async ({ page, person }) => {
      await page.goto("/signup");
      await page.getByRole("button", { name: "Create account" }).click();
      await expect(page.getByRole("alert").first()).toBeVisible();
      expect(await findings(page), "refused").toEqual([]);

      await signUp(page, person);
      await expect(greeting(page, person.name)).toBeVisible();
      expect(await findings(page), "/profile").toEqual([]);
    });
  });
}

test("the whole way can be gone by keyboard on a small screen, and nothing is cut off", async ({
  page,
  person,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/signup");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);

  await page.getByLabel("Name").focus();
  await page.keyboard.type(person.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await expect(greeting(page, person.name)).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
