import type { Page } from "@playwright/test";
import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { expect, greeting, type Person, signIn, test } from "./support/journey";
import { mailTo, openLink, scan } from "./support/mail";

async function askForChange(page: Page, { password }: Person, to: string): Promise<void> {
  await page.goto("/profile");
  await page.getByLabel("New address").fill(to);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Change address" }).click();
}

test("a person changes their address: the new one confirms, and a link works once", async ({
  signedIn: page,
  person,
}) => {
  const to = `new-${person.email}`;
  await askForChange(page, { ...person, password: "not the right one" }, to);
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(
    /isn't your password/,
  );
  await askForChange(page, person, to);
  await expect(page.getByText(`We sent a link to ${to}.`)).toBeVisible();
  expect(await findings(page)).toEqual([]);

  const mail = await mailTo(to, "confirm_email");
  await openLink(page, mail);
  await expect(page).toHaveURL("/confirm-email");
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Confirm new address" }).click();
  await expect(page.getByText(`From now on you sign in with ${to}.`)).toBeVisible();
  await page.getByRole("link", { name: "Go to your profile" }).click();
  await expect(page.getByRole("definition").getByText(to)).toBeVisible();

  await openLink(page, mail);
  await page.getByRole("button", { name: "Confirm new address" }).click();
  await expect(page.getByText("This link has been used already.")).toBeVisible();
});

test("an address that is taken is refused beside its field", async ({ signedIn: page, person }) => {
  const taken = `taken-${person.email}`;
  await signUpAtApi({ ...person, email: taken });
  await askForChange(page, person, taken);
  await expect(page.getByLabel("New address")).toHaveAccessibleDescription(/already an account/);
  await askForChange(page, { ...person, password: "" }, `new-${person.email}`);
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(
    "This field is required.",
  );
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a link to confirm asks to sign in first, and then confirms; the former address takes it back", async ({
    signedIn: page,
    person,
  }) => {
    const to = `new-${person.email}`;
    await askForChange(page, person, to);
    await expect(page.getByText(`We sent a link to ${to}.`)).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).click();
    await openLink(page, await mailTo(to, "confirm_email"));
    await page.getByRole("link", { name: "Sign in", exact: true }).click();
    await signIn(page, person);
    await expect(page).toHaveURL("/confirm-email");
    await page.getByRole("button", { name: "Confirm new address" }).click();
    await expect(page.getByText(`From now on you sign in with ${to}.`)).toBeVisible();

    await openLink(page, await mailTo(person.email, "email_changing"));
    await expect(page).toHaveURL("/undo-email");
    await page.getByRole("button", { name: "Undo the change" }).click();
    await expect(page.getByLabel("Your former address")).toHaveAccessibleDescription(/^Enter the address/);
    await page.getByLabel("Your former address").fill("somebody@example.com");
    await page.getByRole("button", { name: "Undo the change" }).click();
    await expect(page.getByLabel("Your former address")).toHaveAccessibleDescription(
      /^This is not the address/,
    );
    await page.getByLabel("Your former address").fill(person.email);
    await page.getByRole("button", { name: "Undo the change" }).click();
    await expect(page.getByText("A mail with a link to choose a new password is on its way")).toBeVisible();

    await openLink(page, await mailTo(person.email, "reset_password"));
    await page.getByLabel("New password", { exact: true }).fill("three lanterns on a quiet bridge");
    await page.getByRole("button", { name: "Save new password" }).click();
    await signIn(page, { ...person, password: "three lanterns on a quiet bridge" });
    await expect(greeting(page, person.name)).toBeVisible();
  });
});

test("a program that clicks through both mails neither confirms nor undoes a change", async ({
  signedIn: page,
  person,
  browser,
  baseURL,
}) => {
  const to = `new-${person.email}`;
  await askForChange(page, person, to);
  const scanner = await browser.newPage({ baseURL });
  const [confirm, undo] = [await mailTo(to, "confirm_email"), await mailTo(person.email, "email_changing")];
  await scan(scanner, confirm);
  await scan(scanner, undo);
  expect(await findings(scanner), "/undo-email").toEqual([]);
  await scanner.close();
  await page.goto("/profile");
  await expect(page.getByRole("definition").getByText(person.email)).toBeVisible();
  await openLink(page, confirm);
  await page.getByRole("button", { name: "Confirm new address" }).click();
  await expect(page.getByText(`From now on you sign in with ${to}.`)).toBeVisible();
});
