import type { Page } from "@playwright/test";
import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { letLinksExpire } from "./support/database";
import { expect, greeting, join, type Person, signIn, signUp, test } from "./support/journey";
import { mailTo, openLink, scan } from "./support/mail";
import { en } from "./support/words";

async function signInAndConfirm(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in and confirm" }).click();
}

test("a banner asks to confirm the address, sends the mail again, and is gone once it is confirmed", async ({
  page,
  person,
}) => {
  await join(page, person);
  const banner = page.getByRole("region", { name: "Your address is not confirmed" });
  for (const [count, path] of [
    [2, "/profile"],
    [3, "/security"],
  ] as const) {
    await page.goto(path);
    await banner.getByRole("button", { name: "Send the mail again" }).click();
    await expect(banner.getByText("A new mail is on its way.")).toBeVisible();
    await mailTo(person.email, "verify_email", count);
  }
  expect(await findings(page)).toEqual([]);

  const mail = await mailTo(person.email, "verify_email", 3);
  await openLink(page, mail);
  await expect(page).toHaveURL("/verify-email");
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();
  for (const open of [() => openLink(page, mail), () => page.goto("/verify-email?token=garbage")]) {
    await open();
    await expect(page.getByRole("heading", { name: en.verifyEmail.already })).toBeVisible();
    await expect(page.getByText(en.verifyEmail.confirmed)).toHaveCount(0);
  }
  await page.getByRole("link", { name: "Go to your profile" }).click();
  await expect(page.getByText("verified", { exact: true })).toBeVisible();
  await expect(banner).toHaveCount(0);
});

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("without a session the link asks for the password, and then confirms", async ({ page, person }) => {
      await signUpAtApi(person);
      await openLink(page, await mailTo(person.email, "verify_email"));
      await signInAndConfirm(page, { ...person, password: "not the right one" });
      await expect(page.locator("form").getByRole("alert")).toHaveText(/don't belong together/);
      await signInAndConfirm(page, person);
      await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();
      await expect(page.getByText(`signed in as ${person.email}`)).toBeVisible();
    });

    test("if only proved addresses may sign in, sign-up and sign-in lead to the mail, and its link signs in", async ({
      page,
      person,
      strict,
    }) => {
      await signUp(page, person, `${strict.url}/signup`);
      await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
      await expect(page.getByText(en.verifyEmail.required)).toBeVisible();
      await mailTo(person.email, "verify_email");

      await page.goto(`${strict.url}/signin`);
      await signIn(page, person);
      await expect(page.getByText(en.verifyEmail.required)).toBeVisible();
      await page.getByRole("button", { name: "Send the mail again" }).click();
      await expect(page.getByText("If this address waits to be confirmed")).toBeVisible();

      const mail = await mailTo(person.email, "verify_email", 2);
      await page.goto(`${strict.url}${new URL(mail.link ?? "").pathname}${new URL(mail.link ?? "").search}`);
      await signInAndConfirm(page, person);
      await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();
    });
  });
}

test("with a known address, sign-up that does not say so shows the same page", async ({
  page,
  person,
  strict,
}) => {
  await signUpAtApi(person);
  await signUp(page, person, `${strict.url}/signup`);
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await expect(page.getByText(en.verifyEmail.required)).toBeVisible();
  await mailTo(person.email, "account_exists");
});

test("the link of another account confirms nothing, with a session and without one", async ({
  page,
  person,
}) => {
  const stranger = { ...person, email: `not-${person.email}` };
  await signUpAtApi(stranger);
  const mail = await mailTo(stranger.email, "verify_email");
  await signUpAtApi(person);

  await openLink(page, mail);
  await signInAndConfirm(page, person);
  await expect(page.getByText("This link belongs to another account.")).toBeVisible();
  expect(await findings(page)).toEqual([]);

  await openLink(page, mail);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByText("This link belongs to another account.")).toBeVisible();
  await page.getByRole("link", { name: "sign out" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await openLink(page, mail);
  await signInAndConfirm(page, stranger);
  await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();
});

test("an expired link says so, and the mail can be sent again", async ({ page, person }) => {
  await signUpAtApi(person);
  const mail = await mailTo(person.email, "verify_email");
  await letLinksExpire(person.email);
  await openLink(page, mail);
  await signInAndConfirm(page, person);
  await expect(page.getByText("This link has expired.")).toBeVisible();
  await page.getByRole("link", { name: "Send the mail again from your profile" }).click();
  await page.getByRole("button", { name: "Send the mail again" }).click();
  await openLink(page, await mailTo(person.email, "verify_email", 2));
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();
});

test("a program that clicks through the mail confirms nothing", async ({
  page,
  person,
  browser,
  baseURL,
}) => {
  await signUpAtApi(person);
  const mail = await mailTo(person.email, "verify_email");
  const scanner = await browser.newPage({ baseURL });
  await scan(scanner, mail);
  await scanner.close();
  await page.goto("/signin");
  await signIn(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await expect(page.getByText("not verified")).toBeVisible();
  await openLink(page, mail);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();
});
