/** Which language a person gets, that their choice lasts, and that an adopter's words take the place of ours. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { expect, test } from "./support/journey";
import { test as onTheLine } from "./support/line";
import { mailTo } from "./support/mail";
import { startApi, startWeb } from "./support/processes";
import { de, en, mails } from "./support/words";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled, locale: "de-AT" });

    test("the browser's language comes first, a choice beats it and lasts, and the page stays", async ({
      page,
      context,
    }) => {
      await page.goto("/signin?next=%2Fsecurity");
      await expect(page.getByRole("heading", { name: de.signin.welcome })).toBeVisible();
      await expect(page).toHaveTitle(`${de.signin.title} · Postern`);
      await expect(page.locator("html")).toHaveAttribute("dir", "ltr");
      const choice = page.getByRole("contentinfo").getByRole("form", { name: de.app.language });
      await expect(choice.getByRole("button", { name: "Deutsch" })).toHaveAttribute("aria-current", "true");

      await choice.getByRole("button", { name: "English" }).focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: en.signin.welcome })).toBeVisible();
      await expect(page).toHaveURL("/signin?next=%2Fsecurity");
      await page.goto("/signup");
      await expect(page.getByRole("heading", { name: en.signup.title })).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("lang", "en");
      if (javaScriptEnabled) expect(await findings(page)).toEqual([]);

      const [kept] = (await context.cookies()).filter(({ name }) => name === "postern-language");
      expect(kept).toMatchObject({ value: "en", httpOnly: true, sameSite: "Lax" });
      expect(kept?.expires).toBeGreaterThan(Date.now() / 1000 + 300 * 86_400);
    });
  });
}

test("a browser with another language gets English, and no cache keeps a page for others", async ({
  request,
}) => {
  for (const [accept, language] of [
    ["fr", "en"],
    ["", "en"],
    ["fr, de;q=0.3", "de"],
  ] as const) {
    const answer = await request.get("/signin", { headers: { "accept-language": accept } });
    expect(await answer.text()).toContain(`<html lang="${language}"`);
    expect(answer.headers()["cache-control"]).toContain("no-store");
  }
});

test("only a form of this site sets the language, and only to one that is known", async ({
  request,
  baseURL,
}) => {
  const send = (language: string, headers: Record<string, string>) =>
    request.post("/language", { form: { language }, headers, maxRedirects: 0 });
  const origin = baseURL ?? "";
  for (const foreign of ["https://evil.example", undefined]) {
    const refused = await send("de", foreign ? { origin: foreign } : {});
    expect([refused.status(), refused.headers()["set-cookie"]]).toEqual([403, undefined]);
  }
  const unknown = await send("tulip", { origin, referer: `${origin}/signup?next=%2Fx` });
  expect([unknown.status(), unknown.headers()["set-cookie"]]).toEqual([303, undefined]);
  expect(unknown.headers().location).toBe("/signup?next=%2Fx");
  for (const referer of ["https://evil.example/x", `${origin}//evil.example/x`, "tulip"]) {
    const answer = await send("de", { origin, referer });
    expect(answer.headers().location).toMatch(/^\/(?!\/)/);
    expect(answer.headers()["set-cookie"]).toMatch(/^postern-language=de;/);
  }
});

onTheLine("the API and its mails get the language of the pages", async ({ page, line, person }) => {
  await line.restore();
  await signUpAtApi(person);
  await page.goto("/forgot-password");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await page.getByLabel(de.form.email).fill(person.email);
  line.heard.length = 0;
  await page.getByRole("button", { name: de.forgotPassword.send }).click();
  await expect(page.getByRole("heading", { name: de.forgotPassword.sentTitle })).toBeVisible();
  expect(new Set(line.heard.map((headers) => headers["accept-language"]))).toEqual(new Set(["de"]));
  const { subject } = await mailTo(person.email, "reset_password");
  expect(subject).toMatch(/^Wählen Sie ein neues Passwort/);
});

test.describe("a folder with words", () => {
  let words: string;
  const write = (name: string, content: object) =>
    writeFileSync(path.join(words, name), JSON.stringify(content));

  test.beforeEach(() => {
    words = mkdtempSync(path.join(tmpdir(), "postern-words-"));
  });
  test.afterEach(() => rmSync(words, { recursive: true }));

  test("changes sentences of pages and mails, and adds a language", async ({ page, browser, person }) => {
    test.setTimeout(240_000);
    write("en.json", {
      web: { signin: { welcome: "Hello again" } },
      mail: { reset_password: { subject: "A new key for {app}" } },
    });
    write("ar.json", { web: { ...en, signin: { ...en.signin, welcome: "مرحبا" } }, mail: mails() });
    const api = await startApi({ DATABASE_URL: process.env.E2E_DATABASE_URL ?? "", WORDS: words });
    const web = await startWeb({ apiUrl: api.url, words });

    await signUpAtApi(person);
    await page.goto(`${web.url}/signin`);
    await expect(page.getByRole("heading", { name: "Hello again" })).toBeVisible();
    await expect(page.getByRole("button", { name: en.signin.signIn, exact: true })).toBeVisible();
    await page.goto(`${web.url}/forgot-password`);
    await page.getByLabel("Email").fill(person.email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    const { subject } = await mailTo(person.email, "reset_password", 1, api.url);
    expect(subject).toBe("A new key for Lantern & Sons");

    const arabic = await browser.newPage({ baseURL: web.url, locale: "ar-EG" });
    for (const width of [320, 390, 1280]) {
      await arabic.setViewportSize({ width, height: 800 });
      await arabic.goto("/signin");
      await expect(arabic.getByRole("heading", { name: "مرحبا" })).toBeVisible();
      await expect(arabic.locator("html")).toHaveAttribute("dir", "rtl");
      const { scrollWidth, innerWidth } = await arabic.evaluate(() => ({
        scrollWidth: document.documentElement.scrollWidth,
        innerWidth: window.innerWidth,
      }));
      expect(scrollWidth).toBeLessThanOrEqual(innerWidth);
    }
    expect(await findings(arabic)).toEqual([]);
    await arabic.close();
    await web.stop();
    await api.stop();
  });

  test("stops the start of the web app if it cannot be used, and names file and key", async () => {
    write("de.json", { web: { signin: { hello: "Hallo" } } });
    const started = startWeb({ apiUrl: process.env.E2E_API_URL ?? "", words });
    await expect(started).rejects.toThrow(
      `${words}/de.json: web.signin.hello is not a sentence of this release.`,
    );
    const missing = startWeb({ apiUrl: process.env.E2E_API_URL ?? "", words: `${words}/missing` });
    await expect(missing).rejects.toThrow("WORDS must be the full path of a folder that exists.");
  });
});
