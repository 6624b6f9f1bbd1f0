import { defineConfig, devices } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/support/global-setup.ts",
  // By files: what a file starts, one worker starts.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // For a machine with much else to do: a journey that passes never waits as long.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    // The tab stays, and is emptied between journeys: a new one costs as much as three pages.
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
