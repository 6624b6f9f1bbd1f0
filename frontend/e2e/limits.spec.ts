import type { Page } from "@playwright/test";
import { findings } from "./support/axe";
import {
  DEVICE_COOKIE,
  expect,
  greeting,
  join,
  test as journey,
  type Person,
  signIn,
} from "./support/journey";
import { test as onTheLine } from "./support/line";

const formAlert = (page: Page) => page.locator("form").getByRole("alert");

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/signin/);
}

/** Guesses until the page asks to wait. Each wrong password after the fifth makes the wait longer. */
async function guess(page: Page, { email }: Person): Promise<void> {
  for (let wrong = 1; wrong <= 12; wrong++) {
    await signIn(page, { email, password: `not the right one ${wrong}` });
    await expect(formAlert(page)).toHaveText(/don't belong together|Too many attempts/);
    // Load the page again, so that the next answer cannot be confused with this one.
    const answer = String(await formAlert(page).textContent());
    await page.goto("/signin");
    if (answer.startsWith("Too many")) {
      expect(wrong).toBeGreaterThan(5);
      return;
    }
  }
  throw new Error("twelve wrong passwords in a row, and no wait");
}

const limited = journey.extend({ baseURL: ({ limited }, use) => use(limited.url) });

limited.describe("with limits", () => {
  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? "with scripts" : "without scripts";

    limited(
      `after five wrong passwords the sixth attempt has to wait, ${how}`,
      async ({ browser, page, person, baseURL }) => {
        await join(page, person);
        await signOut(page);

        const unknown = await browser.newPage({ baseURL, javaScriptEnabled });
        await unknown.goto("/signin");
        await guess(unknown, person);
        await signIn(unknown, person);
        await expect(formAlert(unknown)).toHaveText(
          /^Too many attempts\. Please try again in (1 minute|\d+ seconds?)\.$/,
        );
        await expect(unknown.getByLabel("Email")).toHaveValue(person.email);
        await expect(unknown.getByLabel("Password", { exact: true })).toHaveValue(
          javaScriptEnabled ? person.password : "",
        );
        if (javaScriptEnabled) expect(await findings(unknown)).toEqual([]);
        await unknown.context().close();

        // Meanwhile a browser that has signed in before can still sign in.
        await signIn(page, person);
        await expect(greeting(page, person.name)).toBeVisible();
      },
    );
  }

  limited(
    "the browser in which the password was changed can sign in while an unknown device guesses",
    async ({ browser, signedIn: page, person, baseURL }) => {
      const renewed = { ...person, password: "another copper door" };
      await page.goto("/security");
      await page.getByLabel("Current password", { exact: true }).fill(person.password);
      await page.getByLabel("New password", { exact: true }).fill(renewed.password);
      await page.getByRole("button", { name: "Change password" }).click();
      await expect(page.getByText("Your password is changed")).toBeVisible();
      await signOut(page);

      const unknown = await browser.newPage({ baseURL });
      await unknown.goto("/signin");
      await guess(unknown, person);
      await unknown.context().close();

      await signIn(page, renewed);
      await expect(greeting(page, person.name)).toBeVisible();
    },
  );

  limited(
    "a browser with an invalid device cookie can still sign in, and gets a new one",
    async ({ signedIn: page, context, person }) => {
      for (const value of ["garbage", "%E2%98%83", "a%0Ab", "a".repeat(4_000)]) {
        await signOut(page);
        await context.addCookies([{ name: DEVICE_COOKIE, value, url: page.url(), httpOnly: true }]);
        await signIn(page, person);
        await expect(greeting(page, person.name)).toBeVisible();
        const device = (await context.cookies()).find(({ name }) => name === DEVICE_COOKIE);
        expect(device?.value).toMatch(/^v1\./);
      }
    },
  );
});

onTheLine("a long wait is shown with another way in, and what was typed is kept", async ({ page, line }) => {
  await line.restore();
  await page.clock.install();
  await page.goto("/signin");
  line.refuse("/auth/signin", "rate_limited", 90_000);
  await signIn(page, { email: "ada@example.com", password: "a copper door in the wall" });
  await expect(formAlert(page)).toHaveText(
    "Too many attempts. Please try again in 2 days. " +
      "You can still sign in with a browser that you used for this account before.",
  );
  await expect(page.getByLabel("Email")).toHaveValue("ada@example.com");

  line.refuse("/auth/signin", "overloaded", 600);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(formAlert(page)).toHaveText(
    "The service has too much to do right now. Please try again in 10 minutes.",
  );
  await page.clock.fastForward("05:00");
  await expect(formAlert(page)).toHaveText(/Please try again in [45] minutes\.$/);
  await page.clock.fastForward("05:00");
  await expect(formAlert(page)).toHaveText("You can try again now.");

  await page.goto("/signup");
  line.refuse("/auth/signup", "rate_limited", 1_740);
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("a copper door in the wall");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(formAlert(page)).toHaveText("Too many attempts. Please try again in 29 minutes.");
  await expect(page.getByLabel("Email")).toHaveValue("ada@example.com");
});

onTheLine(
  "forms that ask for the password again also say how long to wait",
  async ({ signedIn: page, line, person }) => {
    await page.goto("/security");
    line.refuse("/auth/password/change", "rate_limited", 120);
    line.refuse("/auth/profile/delete", "rate_limited", 3_600);
    await page.getByLabel("Current password", { exact: true }).fill("not the right one");
    await page.getByLabel("New password", { exact: true }).fill("another copper door");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(formAlert(page)).toHaveText("Too many attempts. Please try again in 2 minutes.");

    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByLabel("Type “delete my account” to confirm").fill("delete my account");
    await page.getByRole("button", { name: "Delete account" }).click();
    await expect(formAlert(page).nth(1)).toHaveText(
      "Too many attempts. Please try again in 1 hour. You can also sign out and sign in again: that gives you new attempts.",
    );
    await expect(page.getByLabel("Type “delete my account” to confirm")).toHaveValue("delete my account");
    await expect(page).toHaveURL("/security");
  },
);
