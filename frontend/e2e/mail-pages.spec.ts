import { findings } from "./support/axe";
import { expect, test } from "./support/journey";

const PAGES = [
  "/forgot-password",
  "/reset-password",
  "/verify-email",
  "/confirm-email",
  "/undo-email",
  "/stop-factor-reset",
  "/magic-link",
];
const WITH_LINK = PAGES.slice(1).map((page) => `${page}?token=invented`);

test("axe finds nothing on the pages of mails, and nothing is cut off on a phone", async ({ page }) => {
  for (const path of [...PAGES, ...WITH_LINK]) {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(path);
    expect(await findings(page), path).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
  }
});
