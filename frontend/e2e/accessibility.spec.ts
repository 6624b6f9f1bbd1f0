import { signInAtApi } from "./support/api";
import { findings } from "./support/axe";
import { expect, greeting, holdNotice, join, test } from "./support/journey";

test("axe finds nothing on the open pages", async ({ page, baseURL }) => {
  const notices = ["signed-out", "session-ended", "account-deleted"];
  const pages = ["/", "/signin", "/signup", "/signout", "/no-such-page"];
  for (const path of [
    ...pages,
    ...notices.map((name) => `${name === "account-deleted" ? "/" : "/signin"}?notice=${name}`),
  ]) {
    await holdNotice(page.context(), baseURL, path.split("notice=")[1]);
    await page.goto(path);
    expect(await findings(page), path).toEqual([]);
  }
});

test("axe finds nothing on refused forms and on the profile", async ({ page, person }) => {
  await page.goto("/signup");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  expect(await findings(page), "refused").toEqual([]);

  await join(page, person);
  expect(await findings(page), "/profile").toEqual([]);
});

test("axe finds nothing on /security: with one device or several, after a refusal and after a success", async ({
  signedIn: page,
  person,
}) => {
  await page.goto("/security");
  expect(await findings(page), "alone").toEqual([]);

  await signInAtApi(person);
  await signInAtApi(person, "Mozilla/5.0 (iPhone) Version/18.5 Mobile/15E148 Safari/604.1");
  await page.reload();
  const alerts = page.getByRole("main").getByRole("alert");
  // A form that is sent before scripts run loads a new page, which shows the refusal of that form only.
  await expect(async () => {
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(alerts.first()).toBeVisible();
    await page.getByRole("button", { name: "Delete account" }).click();
    await expect(alerts).toHaveCount(4, { timeout: 3000 });
  }).toPass();
  expect(await findings(page), "refused").toEqual([]);

  await page.getByRole("button", { name: /^Sign out curl/ }).click();
  await expect(page.getByText("That device is signed out.")).toBeVisible();
  expect(await findings(page), "done").toEqual([]);
});

test("a person can sign up by keyboard on a small screen, and nothing is cut off", async ({
  page,
  person,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/signup");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);

  await page.getByLabel("Name").focus();
  await page.keyboard.type(person.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await expect(greeting(page, person.name)).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test("/security can be used by keyboard on a small screen, and nothing is cut off", async ({
  signedIn: page,
  person,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signInAtApi(person);
  await page.goto("/security");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);

  await page.getByRole("link", { name: "Security" }).focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: /^Sign out curl/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("That device is signed out.")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Current password", { exact: true })).toBeFocused();
  await page.keyboard.type(person.password);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("another copper door");
  await page.keyboard.press("Enter");
  await expect(
    page.getByText("Your password is changed, and all other devices are signed out."),
  ).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
