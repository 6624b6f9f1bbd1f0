import type { BrowserContext, Page } from "@playwright/test";
import { signInAtApi } from "./support/api";
import { findings } from "./support/axe";
import { sessionsOf } from "./support/database";
import {
  changePassword,
  cookieValues,
  expect,
  expectSignedOut,
  greeting,
  holdSession,
  test as journey,
  signIn,
  signUp,
} from "./support/journey";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
  "Version/18.5 Mobile/15E148 Safari/604.1";

interface Elsewhere {
  /** The same person's page in another browser. No page is open there yet. */
  elsewhere(userAgent?: string): Promise<Page>;
}

const test = journey.extend<Elsewhere>({
  elsewhere: async ({ browser, baseURL, person }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (userAgent = IPHONE) => {
      const context = await browser.newContext({ baseURL, userAgent });
      opened.push(context);
      await holdSession(context, person, { url: baseURL, userAgent });
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

function devicesOn(page: Page) {
  return page.getByRole("list", { name: "Devices" }).locator("> li");
}

test("a person sees where they are signed in, and signs out a device that they no longer use", async ({
  page,
  browser,
  baseURL,
  person,
}) => {
  await signUp(page, person);
  await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Security" }).click();
  await expect(page).toHaveURL("/security");
  await expect(page.getByRole("link", { name: "Security" })).toHaveAttribute("aria-current", "page");
  const devices = devicesOn(page);
  await expect(devices).toHaveCount(1);
  await expect(devices).toHaveText(/Chrome on (Linux|Windows|macOS).*this device.*Active now.*signed in/);
  await expect(page.getByText("You are signed in on this device only.")).toBeVisible();

  const context = await browser.newContext({ baseURL, userAgent: IPHONE });
  const phone = await context.newPage();
  await phone.goto("/signin");
  await signIn(phone, person);
  await expect(greeting(phone, person.name)).toBeVisible();
  await page.reload();
  await expect(devices).toHaveCount(2);
  await expect(devices.nth(0)).toContainText("this device");
  await expect(devices.nth(1)).toContainText("Safari on iPhone");
  await expect(page.getByText("You are signed in on this device only.")).toBeHidden();

  await page.getByRole("button", { name: "Sign out Safari on iPhone, in the last hour" }).click();
  await expect(page.getByRole("status").filter({ hasText: "That device is signed out." })).toBeFocused();
  await expect(devices).toHaveCount(1);
  await phone.reload();
  await expectSignedOut(phone, "/profile");
  await context.close();
});

test("of many devices the page shows the recent ones first and then all, and what tells them apart", async ({
  signedIn: page,
  person,
}) => {
  const linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36";
  for (let version = 101; version <= 111; version++) {
    await signInAtApi(person, linux.replace("Safari/", `Chrome/${version}.0.0.0 Safari/`));
  }
  await page.goto("/security");
  await expect(devicesOn(page)).toHaveCount(8);
  await expect(devicesOn(page).nth(0)).toContainText("this device");
  await expect(devicesOn(page).nth(1)).toContainText("version 111");
  const more = page.getByRole("list", { name: "More devices" }).locator("> li");
  await expect(more.first()).toBeHidden();
  await page.getByText("Show all 12 devices").click();
  await expect(more).toHaveCount(4);
  await expect(more.last()).toContainText("version 101");
  expect(await findings(page)).toEqual([]);

  const all = page.getByRole("button", { name: "Sign out all other devices" });
  const [above, first] = [await all.boundingBox(), await devicesOn(page).first().boundingBox()];
  expect(above?.y).toBeLessThan(first?.y ?? 0);
  await all.click();
  await expect(page.getByText("All other devices are signed out.")).toBeVisible();
  await expect(devicesOn(page)).toHaveCount(1);
});

test("all other devices can be signed out at once, and a session that has already ended causes no error", async ({
  signedIn: page,
  elsewhere,
}) => {
  const others = [await elsewhere(), await elsewhere("Firefox/150.0")];
  await page.goto("/security");
  await expect(devicesOn(page)).toHaveCount(3);

  await others[1]?.goto("/profile");
  await others[1]?.getByRole("button", { name: "Sign out" }).click();
  await expect(others[1] ?? page).toHaveURL(/signed-out/);
  await page.getByRole("button", { name: /^Sign out Firefox/ }).click();
  await expect(page.getByText("That device is signed out.")).toBeVisible();
  await expect(devicesOn(page)).toHaveCount(2);

  others.push(await elsewhere());
  await page.reload();
  await page.getByRole("button", { name: "Sign out all other devices" }).click();
  await expect(page.getByText("All other devices are signed out.")).toBeVisible();
  await expect(devicesOn(page)).toHaveCount(1);
  for (const other of others) {
    await other.goto("/profile");
    await expect(other).toHaveURL(/^[^?]*\/signin\?next=%2Fprofile/);
  }
});

test("a new password signs out the other browser, keeps this one, and works at the next sign-in", async ({
  signedIn: page,
  elsewhere,
  person,
}) => {
  const other = await elsewhere();
  const renewed = { ...person, password: "another copper door" };

  await page.goto("/security");
  await changePassword(page, person.password, renewed.password);
  await expect(
    page.getByText("Your password is changed, and all other devices are signed out."),
  ).toBeVisible();
  await expect(page.getByLabel("Current password", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("New password", { exact: true })).toHaveValue("");
  await expect(devicesOn(page)).toHaveCount(1);
  await page.reload();
  await expect(page).toHaveURL("/security");

  await other.goto("/security");
  await expectSignedOut(other, "/security");
  await signIn(other, person);
  await expect(other.locator("form").getByRole("alert")).toBeVisible();
  await signIn(other, renewed);
  await expect(other).toHaveURL("/security");
});

test("an error about a new password is shown beside its field, and the other fields keep their values", async ({
  signedIn: page,
  person,
}) => {
  await page.goto("/security");
  const current = page.getByLabel("Current password", { exact: true });
  const fresh = page.getByLabel("New password", { exact: true });
  const change = page.getByRole("button", { name: "Change password" });

  await change.click();
  await expect(current).toHaveAccessibleDescription("Enter your current password.");
  await expect(fresh).toHaveAccessibleDescription(/^Choose a new password\./);
  await expect(current).toBeFocused();

  await current.fill("not the right one");
  await fresh.fill("another copper door");
  await change.click();
  await expect(current).toHaveAccessibleDescription("That isn't your password. Check it and try again.");
  await expect(current).toBeFocused();
  await expect(current).toHaveValue("");
  await expect(fresh).toHaveValue("another copper door");
  await expect(page).toHaveURL("/security");

  for (const [password, why] of [
    ["short", /at least 8 characters/],
    ["password123", /common password/],
    [person.password, /the one that you have|same|current/],
  ] as const) {
    await current.fill(person.password);
    await fresh.fill(password);
    await change.click();
    await expect(fresh).toHaveAccessibleDescription(why);
    await expect(fresh).toBeFocused();
    await expect(current).toHaveValue(person.password);
  }
  expect(await sessionsOf(person.email)).toMatchObject([{ ended_by: null }]);
});

test("deleting an account needs the password and a typed confirmation, and ends with a farewell", async ({
  signedIn: page,
  context,
  elsewhere,
  person,
}) => {
  const other = await elsewhere();
  await page.goto("/security");
  const password = page.getByLabel("Password", { exact: true });
  const word = page.getByLabel("Type “delete my account” to confirm");
  const remove = page.getByRole("button", { name: "Delete account" });

  await password.fill(person.password);
  await remove.click();
  await expect(word).toHaveAccessibleDescription(/To confirm, type/);
  await expect(password).toHaveValue(person.password);

  await password.fill("not the right one");
  await word.fill("Delete my account");
  await remove.click();
  await expect(password).toHaveAccessibleDescription("That isn't your password. Check it and try again.");
  await expect(password).toBeFocused();
  await expect(word).toHaveValue("Delete my account");
  await expect(page).toHaveURL("/security");

  await password.fill(person.password);
  await remove.click();
  await expect(page).toHaveURL("/?notice=account-deleted");
  await expect(page.getByText(/Your account is deleted.*Farewell/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Create an account" })).toBeVisible();
  expect(await cookieValues(context)).toEqual({});
  expect(await sessionsOf(person.email)).toEqual([]);

  await other.goto("/profile");
  await expectSignedOut(other, "/profile");
  await signIn(other, person);
  await expect(other.locator("form").getByRole("alert")).toHaveText(/don't belong together/);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("devices can be signed out, the password changed and the account deleted", async ({
    signedIn: page,
    elsewhere,
    person,
  }) => {
    await elsewhere();
    await elsewhere("Firefox/150.0");
    await page.goto("/security");
    await page.getByRole("button", { name: /^Sign out Safari on iPhone/ }).click();
    await expect(page.getByText("That device is signed out.")).toBeVisible();
    await expect(devicesOn(page)).toHaveCount(2);

    await changePassword(page, "not the right one", "another copper door");
    await expect(page.getByLabel("Current password", { exact: true })).toHaveAccessibleDescription(
      "That isn't your password. Check it and try again.",
    );
    await expect(page.getByLabel("Current password", { exact: true })).toBeInViewport();

    await changePassword(page, person.password, "another copper door");
    await expect(
      page.getByText("Your password is changed, and all other devices are signed out."),
    ).toBeInViewport();
    await expect(devicesOn(page)).toHaveCount(1);

    await page.getByLabel("Password", { exact: true }).fill("another copper door");
    await page.getByRole("button", { name: "Delete account" }).click();
    await expect(page.getByLabel("Type “delete my account” to confirm")).toHaveAccessibleDescription(
      /To confirm, type/,
    );
    await page.getByLabel("Password", { exact: true }).fill("another copper door");
    await page.getByLabel("Type “delete my account” to confirm").fill("delete my account");
    await page.getByRole("button", { name: "Delete account" }).click();
    await expect(page.getByText(/Farewell/)).toBeVisible();
    await page.goto("/security");
    await expect(page).toHaveURL("/signin?next=%2Fsecurity");
  });
});
