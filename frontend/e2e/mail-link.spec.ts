import type { Page } from "@playwright/test";
import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { proveAddress } from "./support/database";
import { expect, greeting, test as journey, type Person } from "./support/journey";
import { type Mail, mailTo, openLink, scan } from "./support/mail";
import { en } from "./support/words";

/** A web app that signs in by mail. */
const test = journey.extend({ baseURL: ({ strict }, use) => use(strict.url) });

async function askForLink(page: Page, { email }: Person): Promise<Mail> {
  // The first page after the start of the web app may not know yet that it can.
  await expect(async () => {
    await page.goto("/signin");
    await expect(page.getByRole("button", { name: "Send me a link" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page).toHaveURL("/magic-link");
  await expect(page.getByLabel("Email")).toHaveValue(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByLabel("Code from the mail")).toBeVisible();
  return mailTo(email, "magic_link");
}

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("the link signs in the browser that asked, after a click", async ({ page, person }) => {
      await signUpAtApi(person);
      await proveAddress(person.email);
      const mail = await askForLink(page, person);
      await openLink(page, mail);
      await expect(page).toHaveURL("/magic-link");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(greeting(page, person.name)).toBeVisible();

      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page.getByText("You are signed out.")).toBeVisible();
      await openLink(page, mail);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByText("This link has been used already.")).toBeVisible();
      await page.getByRole("button", { name: "Ask for a new mail" }).click();
      await expect(page.getByRole("button", { name: "Send me a link" })).toBeVisible();
    });

    test("a link that is opened while somebody is signed in says whose account this is", async ({
      page,
      person,
    }) => {
      await signUpAtApi(person);
      await proveAddress(person.email);
      const mail = await askForLink(page, person);
      await openLink(page, mail);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(greeting(page, person.name)).toBeVisible();
      await openLink(page, mail);
      await expect(page.getByRole("heading", { name: "You are signed in already" })).toBeVisible();
      await expect(page.getByText(`You are signed in as ${person.email}.`)).toBeVisible();
    });

    test("in another browser the link signs nobody in, and its code works where it was asked for", async ({
      page,
      person,
      browser,
      baseURL,
    }) => {
      await signUpAtApi(person);
      await proveAddress(person.email);
      const mail = await askForLink(page, person);
      const other = await browser.newPage({ baseURL, javaScriptEnabled: scripts });
      await openLink(other, mail);
      await expect(other.getByText("Type the code from the mail where you asked for it.")).toBeVisible();
      if (scripts) expect(await findings(other)).toEqual([]);
      await other.close();

      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByLabel("Code from the mail")).toHaveAccessibleDescription(/^Type the code/);
      await page.getByLabel("Code from the mail").fill("AAAA-AAAA");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page.getByLabel("Code from the mail")).toHaveAccessibleDescription(
        /^That code isn't right/,
      );
      if (scripts) expect(await findings(page)).toEqual([]);
      await page.getByLabel("Code from the mail").fill((mail.code ?? "").toLowerCase());
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(greeting(page, person.name)).toBeVisible();
    });
  });
}

test("an older link says that a newer mail has replaced it, and a link of nobody where links work", async ({
  page,
  person,
}) => {
  await signUpAtApi(person);
  await proveAddress(person.email);
  const older = await askForLink(page, person);
  await page.getByRole("button", { name: "Ask for a new mail" }).click();
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByLabel("Code from the mail")).toBeVisible();
  const newer = await mailTo(person.email, "magic_link", 2);
  await openLink(page, older);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText(en.problems.link_replaced)).toBeVisible();

  await page.goto("/magic-link?token=garbage");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText(`${en.problems.link_invalid} ${en.help.askingBrowser}`)).toBeVisible();

  await openLink(page, newer);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(greeting(page, person.name)).toBeVisible();
});

test("a program that clicks through the mail signs nobody in, and the link still works", async ({
  page,
  person,
  browser,
  baseURL,
}) => {
  await signUpAtApi(person);
  await proveAddress(person.email);
  const mail = await askForLink(page, person);
  const scanner = await browser.newPage({ baseURL });
  await scan(scanner, mail);
  expect((await scanner.context().cookies()).map(({ name }) => name)).not.toContain("postern");
  await scanner.close();
  await openLink(page, mail);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(greeting(page, person.name)).toBeVisible();
});

test("the page says that an address that was never confirmed loses its old password", async ({
  page,
  person,
}) => {
  await signUpAtApi(person);
  const mail = await askForLink(page, person);
  await openLink(page, mail);
  await expect(page.getByText("Was your address never confirmed?")).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Ask for a new mail" }).click();
  await expect(page.getByLabel("Email")).toHaveValue(person.email);
});

journey(
  "where links do not sign in, sign-in offers none, and asking for one says so",
  async ({ page, person }) => {
    await page.goto("/signin");
    await expect(page.getByRole("button", { name: "Forgot your password?" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Send me a link" })).toHaveCount(0);
    await page.goto("/magic-link");
    await page.getByLabel("Email").fill(person.email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await expect(page.getByText("This service does not sign in by mail.")).toBeVisible();
  },
);
