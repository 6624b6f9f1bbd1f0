import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { letLinksExpire } from "./support/database";
import { expect, greeting, signIn, test } from "./support/journey";
import { mailTo, openLink, scan } from "./support/mail";

const NEW = "three lanterns on a quiet bridge";

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("a person who forgot their password chooses a new one by mail, and the link works once", async ({
      page,
      person,
    }) => {
      await signUpAtApi(person);
      await page.goto("/signin");
      await page.getByLabel("Email").fill(person.email);
      await page.getByRole("button", { name: "Forgot your password?" }).click();
      await expect(page).toHaveURL("/forgot-password");
      await expect(page.getByLabel("Email")).toHaveValue(person.email);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await expect(page.getByText(`If ${person.email} has an account`)).toBeVisible();

      const mail = await mailTo(person.email, "reset_password");
      await openLink(page, mail);
      await expect(page).toHaveURL("/reset-password");
      await expect(page.locator("input[autocomplete=username]")).toHaveValue(person.email);
      await page.getByLabel("New password", { exact: true }).fill("short");
      await page.getByRole("button", { name: "Save new password" }).click();
      await expect(page.getByLabel("New password", { exact: true })).toHaveAccessibleDescription(
        /at least 8/,
      );
      await page.getByLabel("New password", { exact: true }).fill(NEW);
      await page.getByRole("button", { name: "Save new password" }).click();
      await expect(page.getByText("Your new password is saved")).toBeVisible();
      await signIn(page, { email: person.email, password: NEW });
      await expect(greeting(page, person.name)).toBeVisible();

      await openLink(page, mail);
      await page.getByLabel("New password", { exact: true }).fill("another lantern, another bridge");
      await page.getByRole("button", { name: "Save new password" }).click();
      await expect(page.getByText("This link has been used already.")).toBeVisible();
      await page.getByRole("link", { name: "Send me a new one" }).click();
      await expect(page).toHaveURL("/forgot-password");
    });
  });
}

test("a new password signs out this browser and all others", async ({ signedIn: page, person, context }) => {
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await openLink(page, await mailTo(person.email, "reset_password"));
  await page.getByLabel("New password", { exact: true }).fill(NEW);
  await page.getByRole("button", { name: "Save new password" }).click();
  await expect(page.getByText("Your new password is saved")).toBeVisible();
  const names = (await context.cookies()).map(({ name }) => name);
  expect(names).not.toContain("postern");
  expect(names).not.toContain("postern-reset-password");
});

test("the address of a page never has the token, and a script cannot read it", async ({
  page,
  person,
  baseURL,
}) => {
  await signUpAtApi(person);
  const answer = await fetch(`${baseURL}/reset-password?token=abc`, { redirect: "manual" });
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).not.toContain("abc");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("set-cookie")).toMatch(/^postern-reset-password=abc; .*HttpOnly/);

  await page.goto("/reset-password?token=abc");
  await expect(page).toHaveURL("/reset-password");
  expect(await page.evaluate(() => document.cookie)).toBe("");
  expect(await page.content()).not.toContain('abc"');
});

test("an expired, a replaced and an invented link say so, and lead on", async ({ page, person }) => {
  await signUpAtApi(person);
  const ask = async () => {
    await page.goto("/forgot-password");
    await page.getByLabel("Email").fill(person.email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  };
  const tryIt = async (sentence: string) => {
    await page.getByLabel("New password", { exact: true }).fill(NEW);
    await page.getByRole("button", { name: "Save new password" }).click();
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(page.getByRole("link", { name: "Send me a new one" })).toBeVisible();
  };
  await ask();
  const first = await mailTo(person.email, "reset_password");
  await ask();
  const second = await mailTo(person.email, "reset_password", 2);
  await openLink(page, first);
  await tryIt("This link no longer counts.");
  await letLinksExpire(person.email);
  await openLink(page, second);
  await tryIt("This link has expired.");
  expect(await findings(page)).toEqual([]);
  await page.goto("/reset-password?token=invented");
  await tryIt("This link isn't valid here.");

  await page.goto("/reset-password?token=%3Cscript%3E");
  await expect(page.getByText("Open the complete link from our mail in this browser")).toBeVisible();
  await page.getByRole("link", { name: "Send me a new link" }).click();
  await expect(page).toHaveURL("/forgot-password");
});

test("a program that clicks through the mail uses up nothing", async ({ page, person, browser, baseURL }) => {
  await signUpAtApi(person);
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  const mail = await mailTo(person.email, "reset_password");
  const scanner = await browser.newPage({ baseURL });
  await scan(scanner, mail);
  await scanner.close();
  await openLink(page, mail);
  await page.getByLabel("New password", { exact: true }).fill(NEW);
  await page.getByRole("button", { name: "Save new password" }).click();
  await expect(page.getByText("Your new password is saved")).toBeVisible();
});

test("the address of a stranger looks the same as one's own", async ({ page, person }) => {
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByText(`If ${person.email} has an account`)).toBeVisible();
});
