import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { signInAtApi } from "./support/api";
import { findings } from "./support/axe";
import { arrive, expect, test } from "./support/journey";
import { type Running, startWeb } from "./support/processes";

const svg = (color: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30" width="90" height="30">
  <script>document.documentElement.setAttribute("data-ran", "yes")</script>
  <rect width="90" height="30" fill="${color}" onload="document.documentElement.setAttribute('data-ran', 'yes')"/></svg>`;

const LINKS = {
  TERMS_URL: "https://example.com/terms",
  PRIVACY_URL: "https://example.com/privacy",
  SUPPORT_URL: "mailto:help@example.com",
};
const HOME = "https://lanterns.example/home";

let folder: string;
let branded: Running;
let plain: Running;

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "look-"));
  const [light, dark] = ["#1e1b2e", "#f4f2ff"].map((color) => {
    const file = path.join(folder, `${color.slice(1)}.svg`);
    writeFileSync(file, svg(color));
    return file;
  });
  const apiUrl = process.env.E2E_API_URL ?? "";
  branded = await startWeb({
    apiUrl,
    appName: "Lanterns",
    settings: { BRAND_COLOR: "#0b5fff", LOGO: light ?? "", LOGO_DARK: dark ?? "", HOME_URL: HOME, ...LINKS },
  });
  plain = await startWeb({
    apiUrl,
    appName: "Lanterns",
    settings: { BRAND_COLOR: "#f97316", THEME: "plain", LOGO: light ?? "", ...LINKS },
  });
});
test.afterAll(async () => {
  await branded.stop();
  await plain.stop();
  rmSync(folder, { recursive: true });
});

/** A brand's color has the contrast of level AA, as docs/look.md says. Postern's own has that of AAA in the dark scheme. */
async function faults(page: Page): Promise<string[]> {
  return (await findings(page)).filter((found) => !found.includes("color-contrast-enhanced"));
}

/** What the browser refuses by the policy, it says in its console. */
function refusals(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) said.push(message.text());
  });
  return said;
}

test("the brand's color is that of both schemes, from the first answer on", async ({ page }) => {
  const refused = refusals(page);
  await page.goto(`${branded.url}/signin`);
  const button = page.getByRole("button", { name: "Sign in", exact: true });
  await page.emulateMedia({ colorScheme: "light" });
  await expect(button).toHaveCSS("background-color", "rgb(6, 92, 251)");
  await expect(button).toHaveCSS("color", "rgb(250, 252, 255)");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(button).toHaveCSS("background-color", "rgb(78, 138, 255)");
  await expect(button).toHaveCSS("color", "rgb(13, 21, 34)");
  expect(refused).toEqual([]);

  const html = await (await page.request.get(`${branded.url}/signin`)).text();
  expect(html.indexOf("--color-door:#065cfb")).toBeLessThan(html.indexOf("<body"));
  const icon = await (await page.request.get(`${branded.url}/icon.svg`)).text();
  expect(icon).toContain("#065cfb");
});

test("the logo of the scheme is shown instead of the mark, with the name of the app as its text", async ({
  page,
}) => {
  await page.goto(`${branded.url}/signin`);
  const logo = page.getByRole("banner").getByRole("img", { name: "Lanterns" });
  const shown = () => logo.evaluate((image: HTMLImageElement) => image.complete && image.currentSrc);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(shown).toMatch(/\/brand\/[0-9a-f]{16}\.svg$/);
  const light = await shown();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(shown).not.toBe(light);
  await expect.poll(() => logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(90);
  await expect(page.locator("main svg[viewBox='0 0 32 32']")).toHaveCount(0);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", /^\/brand\//);
});

test("a logo for the light scheme alone has a light plate in the dark scheme", async ({ page }) => {
  await page.goto(`${plain.url}/signin`);
  const logo = page.getByRole("banner").getByRole("img", { name: "Lanterns" });
  await page.emulateMedia({ colorScheme: "light" });
  await expect(logo).toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(logo).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
});

test("a logo is kept by its digest, and an SVG with scripts runs none", async ({ page }) => {
  await page.goto(`${branded.url}/signin`);
  const src = (await page.getByRole("img", { name: "Lanterns" }).getAttribute("src")) ?? "";
  const answer = await page.goto(branded.url + src);
  expect(answer?.headers()).toMatchObject({
    "content-type": "image/svg+xml",
    "x-content-type-options": "nosniff",
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": expect.stringMatching(/^default-src 'none'.*; sandbox$/),
  });
  expect(await page.locator(":root").getAttribute("data-ran")).toBeNull();
  for (const other of ["/brand/0000000000000000.svg", "/brand/..%2f..%2fpackage.json", "/brand/"]) {
    expect((await page.request.get(branded.url + other)).status(), other).toBe(404);
  }
});

test("every page leads to terms, privacy and support, also one that Next does not make", async ({
  page,
  request,
}) => {
  for (const at of ["/signin", "/signup", "/signout", "/nowhere", "/forgot-password"]) {
    await page.goto(branded.url + at);
    const foot = page.getByRole("contentinfo");
    await expect(foot.getByRole("link", { name: "Terms" })).toHaveAttribute("href", LINKS.TERMS_URL);
    await expect(foot.getByRole("link", { name: "Privacy" })).toHaveAttribute("href", LINKS.PRIVACY_URL);
    await expect(foot.getByRole("link", { name: "Support" })).toHaveAttribute("href", LINKS.SUPPORT_URL);
  }
  const foreign = await request.post(`${branded.url}/signin`, {
    headers: { origin: "https://evil.example" },
  });
  expect(foreign.status()).toBe(403);
  const html = await foreign.text();
  expect(html).toContain(`<a href="${LINKS.SUPPORT_URL}">Support</a>`);
  expect(html).toContain("--color-door:#065cfb");
  expect(html).toMatch(/<img src="\/brand\/[0-9a-f]{16}\.svg" alt="Lanterns">/);
});

test("sign-up says which terms are accepted", async ({ page, baseURL }) => {
  await page.goto(`${branded.url}/signup`);
  const sentence = page.getByText("By creating an account you accept the terms.");
  await expect(sentence).toBeVisible();
  await expect(sentence.getByRole("link", { name: "terms" })).toHaveAttribute("href", LINKS.TERMS_URL);
  await page.goto(`${baseURL}/signup`);
  await expect(page.getByRole("button", { name: "Create account" })).toBeVisible();
  await expect(page.getByText("By creating an account")).toHaveCount(0);
  await expect(page.getByRole("contentinfo").getByRole("link")).toHaveCount(0);
});

test("the front page and the logo lead to HOME_URL", async ({ page, request }) => {
  const answer = await request.get(branded.url, { maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([307, HOME]);
  for (const at of ["/signin", "/nowhere"]) {
    await page.goto(branded.url + at);
    await expect(page.getByRole("banner").getByRole("link")).toHaveAttribute("href", HOME);
  }
});

test("with HOME_URL, the page for signing in says that an account is deleted", async ({
  page,
  person,
  userAgent,
}) => {
  await arrive(page, person, { url: branded.url, userAgent });
  await page.goto(`${branded.url}/security#delete`);
  const card = page.locator("section", { has: page.getByRole("heading", { name: "Delete account" }) });
  await card.getByLabel("Password", { exact: true }).fill(person.password);
  await card.getByLabel("Type “delete my account” to confirm").fill("delete my account");
  await card.getByRole("button", { name: "Delete account" }).click();
  await expect(page).toHaveURL(`${branded.url}/signin?notice=account-deleted`);
  await expect(page.getByText("Your account is deleted, with everything that belonged to it.")).toBeVisible();
});

test("the plain theme has neither a gate nor a wall, and axe finds nothing on it", async ({
  page,
  person,
  userAgent,
}) => {
  const refused = refusals(page);
  for (const at of ["/", "/signin", "/signup", "/signout", "/nowhere"]) {
    await page.goto(plain.url + at);
    await expect(page.getByRole("banner").getByRole("link", { name: "Lanterns" })).toBeVisible();
    await expect(page.locator("svg")).toHaveCount(0);
    expect(await faults(page), at).toEqual([]);
  }
  await page.goto(`${plain.url}/signup`);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  expect(await faults(page), "refused").toEqual([]);

  await arrive(page, person, { url: plain.url, userAgent });
  await signInAtApi(person);
  for (const at of ["/profile", "/security"]) {
    await page.goto(plain.url + at);
    await expect(page.locator("pattern")).toHaveCount(0);
    expect(await faults(page), at).toEqual([]);
  }
  expect(refused).toEqual([]);
});

test("axe finds nothing on branded pages", async ({ page, person, userAgent }) => {
  for (const at of ["/signin", "/signup", "/nowhere"]) {
    await page.goto(branded.url + at);
    expect(await faults(page), at).toEqual([]);
  }
  await arrive(page, person, { url: branded.url, userAgent });
  for (const at of ["/profile", "/security"]) {
    await page.goto(branded.url + at);
    expect(await faults(page), at).toEqual([]);
  }
});

for (const [where, width, height] of [
  ["on the smallest screen", 320, 640],
  ["at 200 % zoom", 640, 400],
] as const) {
  test(`${where} nothing of either look is cut off`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    for (const web of [branded, plain])
      for (const at of ["/signin", "/signup"]) {
        await page.goto(web.url + at);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.getByRole("contentinfo").scrollIntoViewIfNeeded();
        await expect(page.getByRole("contentinfo").getByRole("link", { name: "Support" })).toBeInViewport({
          ratio: 0.9, // the page may end at half a pixel
        });
      }
  });
}
