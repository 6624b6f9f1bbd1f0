import { defineConfig, devices } from "@playwright/test";

/** Apps of other people, built from what `npm pack` makes, in a real browser. `make test-guides` runs these. */
export default defineConfig({
  testDir: ".",
  globalSetup: "./support/global-setup.ts",
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  // Long, for a busy machine: a journey that passes does not wait so long.
  timeout: 900_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    screenshot: "only-on-failure",
    launchOptions: {
      // If this is not set, Playwright looks for its own browser.
      executablePath: process.env.CHROMIUM_PATH || undefined,
      args: ["--no-sandbox"],
    },
  },
});
