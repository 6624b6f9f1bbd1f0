import type { Locator } from "@playwright/test";
import { signInAtApi, signUpAtApi } from "./support/api";
import { expect, holdSession, test } from "./support/journey";

/** What a browser draws around and behind an element. */
function drawn(element: Locator): Promise<string> {
  return element.evaluate((each) => {
    const { backgroundColor, borderBottomColor } = getComputedStyle(each);
    return `${backgroundColor} ${borderBottomColor}`;
  });
}

for (const [where, width, height] of [
  ["at 200 % zoom", 640, 400],
  ["in landscape", 740, 360],
  ["above a phone's keyboard", 390, 420],
] as const) {
  test(`${where} the fields of the sign-in form are in view without scrolling`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto("/signin");
    await expect(page.getByLabel("Email")).toBeInViewport({ ratio: 1 });
    await expect(page.getByLabel("Password", { exact: true })).toBeInViewport({ ratio: 1 });
  });
}

test("on the smallest screen the texts of a device have the width of the page", async ({
  signedIn: page,
  person,
}) => {
  await signInAtApi(person);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/security");
  const other = page.getByRole("list", { name: "Devices" }).locator("> li").nth(1);
  const [row, texts] = [await other.boundingBox(), await other.getByRole("list").boundingBox()];
  expect(texts?.width).toBeGreaterThan((row?.width ?? Number.POSITIVE_INFINITY) * 0.75);
});

/** The headings and texts that are wider than what they stand in, and "page" if it can be scrolled sideways. */
function tooWide(): string[] {
  const texts = [...document.querySelectorAll("h1, h2, h3, p, label, button, summary, dt, dd, li")];
  const wide = texts.filter((text) => {
    const content = document.createRange();
    content.selectNodeContents(text);
    const [inner, outer] = [content, text.parentElement ?? text].map((each) => each.getBoundingClientRect());
    return inner && outer && inner.width > 0 && inner.right > outer.right + 1;
  });
  const scrolls = document.documentElement.scrollWidth > innerWidth;
  return [...wide.map((text) => text.textContent ?? ""), ...(scrolls ? ["page"] : [])];
}

for (const [language, locale] of [
  ["English", "en-GB"],
  ["German", "de-DE"],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale, viewport: { width: 160, height: 640 } });

    test("text at twice its size stays in its column on the smallest screen", async ({ page }) => {
      for (const path of [
        ...["/signin", "/signup", "/signout", "/no-such-page", "/forgot-password", "/reset-password"],
        ...["/verify-email", "/confirm-email", "/undo-email", "/undo-email?token=x", "/magic-link"],
      ]) {
        await page.goto(path);
        expect(await page.evaluate(tooWide), path).toEqual([]);
      }
    });

    test("so does the text of an account", async ({ page, person, baseURL, userAgent }) => {
      await signUpAtApi(person);
      await holdSession(page.context(), person, { url: baseURL, userAgent });
      for (const path of ["/profile", "/security", "/reauthenticate", "/verify-email"]) {
        await page.goto(path);
        expect(await page.evaluate(tooWide), path).toEqual([]);
      }
    });
  });
}

test("a button stands apart from the hint above it", async ({ page }) => {
  await page.goto("/undo-email?token=x");
  const [field, hint, button] = await Promise.all(
    [page.getByLabel("Your former address"), page.locator("[data-hint]"), page.locator("main button")].map(
      (each) => each.boundingBox(),
    ),
  );
  if (!field || !hint || !button) throw new Error("a field, its hint and the button");
  const above = hint.y - (field.y + field.height);
  const below = button.y - (hint.y + hint.height);
  expect(below).toBeGreaterThan(2 * above);
});

test("no line of the wall runs behind the texts of an account", async ({ signedIn: page }) => {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const column = page.locator(".plain-wall").first();
    const [box, heading] = [
      await column.boundingBox(),
      await page.getByRole("heading", { level: 1 }).boundingBox(),
    ];
    expect(heading?.x).toBeGreaterThanOrEqual(box?.x ?? Number.POSITIVE_INFINITY);
    await expect(column).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  }
});

test("in forced colours the tab of this page and the steps of the meter can be seen", async ({
  signedIn: page,
}) => {
  await page.emulateMedia({ forcedColors: "active" });
  const [profile, security] = ["Profile", "Security"].map((name) =>
    page.getByRole("navigation").getByRole("link", { name }),
  );
  if (!profile || !security) throw new Error("two tabs");
  expect(await drawn(profile)).not.toBe(await drawn(security));

  await page.goto("/security");
  await page.getByLabel("New password", { exact: true }).fill("copper door lantern");
  await expect(page.getByText("Strong", { exact: true })).toBeVisible();
  const step = page.locator("[data-level] > span").first();
  const full = await drawn(step);
  await page.getByLabel("New password", { exact: true }).fill("");
  await expect(page.locator('[data-level="0"]')).toBeVisible();
  expect(await drawn(step)).not.toBe(full);
});
