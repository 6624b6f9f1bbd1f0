/**
 * Servers that a worker starts for the first journey that needs them, and keeps for later journeys. They are all in this
 * file, because Playwright starts a new worker and a new browser for a file that defines its own worker fixture.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import { type Browser, test as base, expect } from "@playwright/test";
import { requireSecondFactors } from "./database";
import { freePort, type Running, startApi, startWeb } from "./processes";

interface Servers {
  /** A web app whose API has a port at which nothing listens until a `Switch` does. */
  readonly distant: { readonly web: Running; readonly port: number };
  /** A web app whose API has limits: five wrong passwords at once, then one each minute. */
  readonly limited: Running;
  /** A web app whose API lets only proved addresses in, signs in by mail, and does not say which addresses it knows. */
  readonly strict: Running;
  /** A web app whose API requires a second factor of everybody. */
  readonly demanding: Running;
  /** A web app whose API makes accounts only with passkeys. */
  readonly passkeysOnly: Running;
  /** A browser with the back/forward cache. Playwright switches it off, but people's browsers use it. */
  readonly everyday: Browser;
}

/** Without the cache, journeys about it would pass whatever the web app did. */
async function expectBackForwardCache(browser: Browser): Promise<void> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html>");
  }).listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  const url = `http://localhost:${typeof address === "object" && address?.port}`;
  const page = await browser.newPage();
  await page.goto(`${url}/one`);
  await page.evaluate(() => Reflect.set(window, "kept", true));
  await page.goto(`${url}/two`);
  await page.goBack({ waitUntil: "commit" });
  await expect(page).toHaveURL(`${url}/one`);
  const kept = () => page.evaluate(() => Reflect.get(window, "kept"));
  await expect.poll(kept, "the page came from the cache").toBe(true);
  await page.close();
  server.closeAllConnections();
  server.close();
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
        // A burst that takes a minute to refill, so that no journey depends on how fast the machine is.
        RATE_LIMIT_POLICIES: "signin_account_address=5+1/minute",
      });
      const web = await startWeb({ apiUrl: api.url });
      await use(web);
      await web.stop();
      await api.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  strict: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const port = await freePort();
      const api = await startApi({
        DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
        WEB_URL: `http://localhost:${port}`,
        REQUIRE_VERIFIED_EMAIL: "on",
        MAGIC_LINK: "on",
        SIGNUP_REVEALS_ACCOUNTS: "off",
      });
      const web = await startWeb({ apiUrl: api.url, port });
      await use(web);
      await web.stop();
      await api.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  demanding: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const port = await freePort();
      const api = await startApi({
        DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
        WEB_URL: `http://localhost:${port}`,
        REQUIRE_SECOND_FACTOR: "on",
      });
      await requireSecondFactors();
      const web = await startWeb({ apiUrl: api.url, port });
      await use(web);
      await web.stop();
      await api.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  passkeysOnly: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const port = await freePort();
      const api = await startApi({
        DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
        WEB_URL: `http://localhost:${port}`,
        SIGNUP_METHODS: "passkey",
      });
      const web = await startWeb({ apiUrl: api.url, port });
      await use(web);
      await web.stop();
      await api.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  everyday: [
    async ({ playwright, launchOptions }, use) => {
      const executablePath = process.env.EVERYDAY_CHROMIUM_PATH || undefined;
      const browser = await playwright.chromium.launch({
        ...launchOptions,
        executablePath,
        // Playwright's own would be the headless shell, which has no such cache.
        channel: executablePath ? undefined : "chromium",
        ignoreDefaultArgs: ["--disable-back-forward-cache"],
      });
      await expectBackForwardCache(browser);
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
});
