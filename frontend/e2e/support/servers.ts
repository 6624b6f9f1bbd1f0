/**
 * What a worker starts for the first journey that asks for it, and keeps for the others. All of it is in one place: a
 * file with a worker's fixture of its own would get a new worker, and a new browser with it.
 */

import { type Browser, test as base } from "@playwright/test";
import { freePort, type Running, startApi, startWeb } from "./processes";

interface Servers {
  /** A web app that looks for its API at a port where nothing listens, until a `Switch` does. */
  readonly distant: { readonly web: Running; readonly port: number };
  /** A web app whose API has limits: five wrong passwords, and then one a minute. */
  readonly limited: Running;
  /** A browser with the back/forward cache, which Playwright switches off and people have on. */
  readonly everyday: Browser;
}

export const test = base.extend<object, Servers>({
  distant: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const port = await freePort();
      const web = await startWeb({ apiUrl: `http://localhost:${port}` });
      await use({ web, port });
      await web.stop();
    },
    { scope: "worker" },
  ],
  limited: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const api = await startApi({
        DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
        RATE_LIMITS: "on",
        // A burst that is used up for a minute: no journey depends on how fast the machine is.
        RATE_LIMIT_POLICIES: "signin_account_address=5+1/minute",
      });
      const web = await startWeb({ apiUrl: api.url });
      await use(web);
      await web.stop();
      await api.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  everyday: [
    async ({ playwright, launchOptions }, use) => {
      const ignoreDefaultArgs = ["--disable-back-forward-cache"];
      const browser = await playwright.chromium.launch({ ...launchOptions, ignoreDefaultArgs });
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
});
