import type { Locator, Page } from "@playwright/test";
import { findings } from "./support/axe";
import { changePassword, expect, signUp, test } from "./support/journey";

const meter = (page: Page) => page.locator("form [aria-live=polite]");
const steps = (page: Page, level: number): Locator => page.locator(`form [data-level="${level}"]`);

const OWN = "This is your address, your name or the name of this service. Use a few unrelated words.";
const REASONS = [
  ["password123", "This is a common password. Use a few unrelated words."],
  ["aaaaaaaaaaaa", "This repeats the same characters. Use a few unrelated words."],
  ["AdaLovelace1", OWN],
  ["countess.ada", OWN],
] as const;

test("the meter shows weak to strong, and considers the person's own name and address", async ({
  page,
  person,
}) => {
  await page.goto("/signup");
  const password = page.getByLabel("Password", { exact: true });
  await expect(password).toHaveAccessibleDescription(/At least 8 characters/);
  await expect(meter(page)).toHaveText("");

  await password.fill("copper");
  await expect(meter(page)).toHaveText("2 more characters needed");
  await expect(steps(page, 0)).toBeVisible();

  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill("countess.ada@example.com");
  for (const [weak, reason] of REASONS) {
    await password.fill(weak);
    await expect(meter(page)).toHaveText(reason);
    await expect(steps(page, 1)).toBeVisible();
  }
  expect(await findings(page), "weak").toEqual([]);

  await password.fill("copper door");
  await expect(meter(page)).toHaveText("Fair");
  await password.fill(person.password);
  await expect(meter(page)).toHaveText("Strong");
  await expect(steps(page, 4)).toBeVisible();
  expect(await findings(page), "strong").toEqual([]);

  await password.fill("");
  await expect(meter(page)).toHaveText("");
});

test("the meter says nothing while somebody types, and its code is loaded only then", async ({ page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.clock.install();
  await page.goto("/signup", { waitUntil: "networkidle" });
  const atFirst = fetched.length;

  await page.evaluate(() => {
    const said: string[] = [];
    Reflect.set(window, "said", said);
    const region = document.querySelector("form [aria-live=polite]");
    if (region) {
      const listen = new MutationObserver(() => said.push(region.textContent ?? ""));
      listen.observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
  const password = page.getByLabel("Password", { exact: true });
  // Types at a constant speed, also on a busy machine: the page's clock moves with each letter.
  await page.clock.pauseAt(Date.now() + 60_000);
  for (const letter of "copper door lantern") {
    await password.press(letter === " " ? "Space" : letter);
    await page.clock.runFor(100);
  }
  await page.clock.resume();
  await expect(meter(page)).toHaveText("Strong");
  expect(await page.evaluate(() => Reflect.get(window, "said"))).toEqual(["Strong"]);
  expect(fetched.length).toBeGreaterThan(atFirst);
  expect(fetched.every((url) => new URL(url).origin === new URL(page.url()).origin)).toBe(true);
});

test("the service gives the reason that the meter gave, beside the field", async ({ page, person }) => {
  await page.goto("/signup");
  await page.getByLabel("Email").fill(person.email);
  const password = page.getByLabel("Password", { exact: true });
  const reasons = {
    chocolate: "This is a common word or name. Use a few unrelated words.",
    "88888888": "This repeats the same characters. Use a few unrelated words.",
    zag12wsx: "This is in lists of leaked passwords. Use a few unrelated words.",
  };
  for (const [refused, said] of Object.entries(reasons)) {
    await password.fill(refused);
    await expect(meter(page)).toHaveText(said);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.locator("#password-error")).toHaveText(said);
  }
});

test("the meter only advises: a weak password that the service accepts can be used", async ({
  page,
  person,
}) => {
  await signUp(page, { ...person, password: "testpass123" });
  await expect(page).toHaveURL("/profile");

  await page.goto("/security");
  const fresh = page.getByLabel("New password", { exact: true });
  await fresh.fill("testpass123");
  await expect(meter(page)).toHaveText("Weak: attackers would guess it early");
  await fresh.fill(person.email.replace(/@.*/, ""));
  await expect(meter(page)).toHaveText(OWN);
  await changePassword(page, "testpass123", "copper door");
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(meter(page)).toHaveText("");
});

test("if the meter cannot be loaded, a password can be chosen without it", async ({ page, person }) => {
  await page.addInitScript(() => {
    window.Worker = class extends Worker {
      constructor() {
        super("/no-such-worker.js");
      }
    };
  });
  await page.goto("/signup");
  await page.getByLabel("Password", { exact: true }).fill("copper");
  await expect(meter(page)).toHaveText("2 more characters needed");
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await expect(meter(page)).toHaveText("");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/profile");
});
