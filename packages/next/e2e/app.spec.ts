/** An app with its own pages, actions and routes, on whose host Postern's pages are shown. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { letProofAge, sessionsOf } from "../../../frontend/e2e/support/database";
import { type Person, signUp, test } from "../../../frontend/e2e/support/journey";
import { Switch } from "../../../frontend/e2e/support/switch";
import { mounted, VARIANTS } from "./support/mounted";

/** A service of somebody else that wants a proof of the last ten minutes. */
async function startBank(port: number): Promise<Server> {
  const bank = createServer((request, response) => {
    const [, claims = ""] = (request.headers.authorization ?? "").split(".");
    const { auth_time: proven } = JSON.parse(Buffer.from(claims, "base64url").toString());
    const recent = Date.now() / 1000 - proven < 600;
    response.writeHead(recent ? 200 : 403, { "content-type": "application/problem+json" });
    response.end(JSON.stringify(recent ? {} : { code: "reauthentication_required" }));
  }).listen(port, "localhost");
  await once(bank, "listening");
  return bank;
}

for (const name of VARIANTS) {
  test.describe(name, () => {
    const { url, basePath, folder, linePort, bankPort } = mounted(name);
    const line = new Switch(process.env.E2E_API_URL, linePort);
    let bank: Server;

    test.beforeAll(async () => {
      await line.restore();
      bank = await startBank(bankPort);
    });

    test.afterAll(async () => {
      bank.close();
      await line.cut();
    });

    const at = (page: string) => `${url}${basePath}${page}`;

    async function signedIn(page: Page, person: Person): Promise<void> {
      await signUp(page, person, `${url}/signup?next=${encodeURIComponent(`${basePath}/account`)}`);
      await expect(page).toHaveURL(at("/account"));
      await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
    }

    async function accessTokenExpires(context: BrowserContext): Promise<void> {
      await context.clearCookies({ name: "postern" });
    }

    test("sign up, the protected page and sign-out are all on the app's host", async ({ page, person }) => {
      const hosts = new Set<string>();
      page.on("request", (request) => hosts.add(new URL(request.url()).origin));
      await page.goto(at("/account"));
      await expect(page).toHaveURL(`${url}/signin?next=${encodeURIComponent(`${basePath}/account`)}`);
      await page.getByRole("link", { name: "Create an account" }).click();
      await expect(page.getByRole("heading", { name: "Create an account" })).toBeVisible();
      await page.getByLabel("Name").fill(person.name);
      await page.getByLabel("Email").fill(person.email);
      await page.getByLabel("Password", { exact: true }).fill(person.password);
      await page.getByRole("button", { name: "Create account" }).click();

      await expect(page).toHaveURL(at("/account"));
      await expect(page).toHaveTitle(`Account of ${person.email}`);
      await expect(page.locator("#who")).toHaveText(`Signed in as ${person.email}`);
      const user = JSON.parse((await page.locator("#user").textContent()) ?? "");
      expect(user).toEqual({
        userId: expect.any(Number),
        sessionId: expect.any(Number),
        expiresAt: expect.any(String),
        email: person.email,
        name: person.name,
        emailVerified: false,
      });
      expect(await page.content()).not.toContain("eyJ");
      expect(await page.evaluate(() => document.cookie)).toBe("");

      await page.getByRole("button", { name: "Leave" }).click();
      await expect(page).toHaveURL(at("/other"));
      await expect(page.locator("#who")).toHaveText("Nobody is signed in");
      expect(await sessionsOf(person.email)).toMatchObject([{ ended_by: "sign_out" }]);
      await page.goto(at("/account"));
      await expect(page).toHaveURL(/\/signin\?next=/);
      expect([...hosts]).toEqual([url]);
    });

    test("the person is in the HTML before any script runs", async ({ page, context, person }) => {
      await signedIn(page, person);
      const html = await (await context.request.get(at("/account"))).text();
      expect(html).toContain(`Signed in as <!-- -->${person.email}`);
    });

    test("signing in and out works without scripts, and loads the app's own pages", async ({
      browser,
      page,
      person,
    }) => {
      await signedIn(page, person);
      const plain = await browser.newContext({ javaScriptEnabled: false });
      const bare = await plain.newPage();
      await bare.goto(at("/account"));
      await signInHere(bare, person);
      await expect(bare).toHaveURL(at("/account"));
      await expect(bare.locator("#user")).toContainText(person.email);
      await bare.goto(`${url}/signin`);
      await expect(bare).toHaveURL(`${url}/profile`);
      await bare.getByRole("button", { name: "Sign out" }).click();
      await expect(bare).toHaveURL(`${url}/signin?notice=signed-out`);
      await plain.close();
    });

    test("signing in may lead to the app's front page", async ({ page, person }) => {
      await signedIn(page, person);
      await page.context().clearCookies();
      await page.goto(`${url}/signin?next=${encodeURIComponent(basePath || "/")}`);
      await signInHere(page, person);
      await expect(page.getByRole("heading", { name: "The shop" })).toBeVisible();
    });

    test("ten tabs with an expired token are one refresh, and all show the page", async ({
      page,
      context,
      person,
    }) => {
      await signedIn(page, person);
      const [{ generation: before }] = await sessionsOf(person.email);
      await accessTokenExpires(context);
      const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
      await Promise.all(tabs.map((tab) => tab.goto(at("/account"))));
      for (const tab of tabs) await expect(tab.locator("#user")).toContainText(person.email);
      const [{ generation: after }] = await sessionsOf(person.email);
      expect(after - before).toBe(1);
    });

    test("signing out in one tab reaches the others", async ({ page, context, person }) => {
      await signedIn(page, person);
      const other = await context.newPage();
      await other.goto(at("/"));
      await expect(other.locator("#who")).toHaveText(`Signed in as ${person.email}`);
      await page.getByRole("button", { name: "Leave" }).click();
      await expect(page).toHaveURL(at("/other"));
      await expect(other.locator("#who")).toHaveText("Nobody is signed in");
    });

    test("the app's router leads to Postern's pages and among its own", async ({ page, person }) => {
      await page.goto(at("/"));
      await page.getByRole("link", { name: "Account" }).hover();
      await page.getByRole("link", { name: "Account" }).click();
      await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
      await signedIn(page, person);
      await page.goto(at("/"));
      await page.getByRole("link", { name: "Cached" }).click();
      await expect(page.locator("#orders")).toHaveText(/^orders of person \d+$/);
      await page.getByRole("link", { name: "Account" }).click();
      await expect(page.locator("#user")).toContainText(person.email);
    });

    test("what is cached for one person is not shown to another", async ({ page, browser, person }) => {
      await signedIn(page, person);
      const { userId } = JSON.parse((await page.locator("#user").textContent()) ?? "");
      await page.goto(at("/account/cached"));
      await expect(page.locator("#orders")).toHaveText(`orders of person ${userId}`);
      const context = await browser.newContext();
      const second = await context.newPage();
      await signedIn(second, { ...person, email: `second-${person.email}` });
      await second.goto(at("/account/cached"));
      await expect(second.locator("#orders")).toHaveText(`orders of person ${userId + 1}`);
      await context.close();
    });

    test("an action and a streamed page know the person, also with an expired token", async ({
      page,
      context,
      person,
    }) => {
      await signedIn(page, person);
      await accessTokenExpires(context);
      await page.getByRole("button", { name: "Who am I?" }).click();
      await expect(page.locator("output")).toHaveText(new RegExp(`^${person.email}, person \\d+$`));
      await accessTokenExpires(context);
      await page.goto(at("/account/stream"));
      await expect(page.locator("#streamed")).toHaveText(person.email);
    });

    test("an action without a session leads to sign-in, and back", async ({ page, context, person }) => {
      await signedIn(page, person);
      await context.clearCookies();
      await page.getByRole("button", { name: "Who am I?" }).click();
      await expect(page).toHaveURL(`${url}/signin?next=${encodeURIComponent(`${basePath}/account`)}`);
      await signInHere(page, person);
      await expect(page).toHaveURL(at("/account"));
    });

    test("a protected API takes the cookie of the app's pages, or a bearer token", async ({
      page,
      context,
      person,
      request: stranger,
    }) => {
      await signedIn(page, person);
      const own = await context.request.get(at("/api/orders"));
      expect(await own.json()).toMatchObject({ userId: expect.any(Number) });
      const body = { pizza: 1 };
      const posted = await page.evaluate(
        async ([path, text]) => (await fetch(path, { method: "POST", body: text })).json(),
        [at("/api/orders"), JSON.stringify(body)] as const,
      );
      expect(posted).toMatchObject({ body });

      const nobody = await stranger.get(at("/api/orders"));
      expect([nobody.status(), nobody.headers()["www-authenticate"]]).toEqual([401, "Bearer"]);
      expect(await nobody.json()).toMatchObject({ code: "token_missing" });

      const token = (await context.cookies()).find(({ name }) => name === "postern")?.value;
      const bearer = { authorization: `Bearer ${token}` };
      expect((await stranger.get(at("/api/orders"), { headers: bearer })).status()).toBe(200);

      const elsewhere = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      const foreign = await context.request.post(at("/api/orders"), { data: body, headers: elsewhere });
      expect(foreign.status()).toBe(403);
    });

    test("a live route notices at once that the session has ended", async ({ page, context, person }) => {
      await signedIn(page, person);
      expect((await context.request.get(at("/api/live"))).status()).toBe(200);
      const token = (await context.cookies()).find(({ name }) => name === "postern")?.value;
      await fetch(`${process.env.E2E_API_URL}/auth/signout`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
      expect((await context.request.get(at("/api/orders"))).status()).toBe(200);
      const live = await context.request.get(at("/api/live"));
      expect([live.status(), (await live.json()).code]).toEqual([401, "session_revoked"]);
      await page.goto(at("/account"));
      await expect(page).toHaveURL(/\/signin\?next=.*&notice=session-ended$/);
    });

    test("a proof that is too old is asked for again, and the new token says so", async ({
      page,
      context,
      person,
    }) => {
      await signedIn(page, person);
      for (const [button, result] of [
        ["Pay here", "paid"],
        ["Pay at the bank", "Another page of the shop"],
      ] as const) {
        await letProofAge(person.email);
        await accessTokenExpires(context);
        await page.goto(at("/account/payout"));
        await page.getByRole("button", { name: button }).click();
        await expect(page.getByRole("heading", { name: "Confirm that it is you" })).toBeVisible();
        await expect(page).toHaveURL(/\/reauthenticate\?next=/);
        await page.getByLabel("Password", { exact: true }).fill("not my password");
        await page.getByRole("button", { name: "Continue" }).click();
        await expect(page.getByText("That isn't your password.")).toBeVisible();
        await page.getByLabel("Password", { exact: true }).fill(person.password);
        await page.getByRole("button", { name: "Continue" }).click();
        await expect(page).toHaveURL(at("/account/payout"));
        await page.getByRole("button", { name: button }).click();
        await expect(page.getByText(result).first()).toBeVisible();
      }
    });

    test("while Postern is down nobody is signed out", async ({ page, context, person }) => {
      await signedIn(page, person);
      await accessTokenExpires(context);
      const before = await context.cookies();
      await line.cut();
      const answer = await page.goto(at("/account"));
      expect(answer?.status()).toBe(503);
      await expect(page.getByRole("heading", { name: "One moment" })).toBeVisible();
      expect((await context.request.get(at("/api/orders"))).status()).toBe(503);
      expect(await context.cookies()).toEqual(before);
      await line.restore();
      await page.getByRole("link", { name: "Try again" }).click();
      await expect(page.locator("#user")).toContainText(person.email);
    });

    test("the API hears the visitor's address through both servers", async ({ browser, person }) => {
      const context = await browser.newContext({
        extraHTTPHeaders: { "x-forwarded-for": "203.0.113.7" },
        userAgent: `Mozilla/5.0 ${person.email}`,
      });
      const page = await context.newPage();
      await signedIn(page, person);
      const heard = line.heard.filter((headers) => headers["user-agent"]?.includes(person.email));
      expect(heard.length).toBeGreaterThan(2);
      for (const headers of heard) expect(headers["x-forwarded-for"]).toMatch(/^203\.0\.113\.7\b/);
      await context.close();
    });

    test("no other site may show Postern's pages in a frame", async ({ request }) => {
      const answer = await request.get(`${url}/signin`);
      expect(answer.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
    });

    test("nothing of the package can be called as an action", () => {
      const manifest = readFileSync(path.join(folder, ".next/server/server-reference-manifest.json"), "utf8");
      const files = Object.values<{ filename?: string; exportedName?: string }>(JSON.parse(manifest).node);
      const actions = files.filter(({ exportedName }) => !exportedName?.startsWith("$$RSC_SERVER_CACHE"));
      expect(actions.map(({ exportedName }) => exportedName).sort()).toEqual(["pay", "whoAmI"]);
    });

    async function signInHere(page: Page, { email, password }: Person): Promise<void> {
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    }
  });
}
