import { defineConfig, devices } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/support/global-setup.ts",
  // Each file runs in one worker.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // Long, for a busy machine: a journey that passes does not wait so long.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    // Keeps the tab and clears its data between journeys. A new tab takes as long as three pages.
    reuseContext: true,
    baseURL: process.env.E2E_WEB_URL,
    screenshot: "only-on-failure",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      // If this is not set, Playwright looks for its own browser.
      executablePath: process.env.CHROMIUM_PATH || undefined,
      args: ["--no-sandbox"],
    },
  },
});
