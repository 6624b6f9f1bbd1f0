/** A service that requires a second factor of everybody. */

import type { Page } from "@playwright/test";
import { signUpAtApi } from "./support/api";
import { codeOf, wrongCodeOf } from "./support/authenticator";
import { findings } from "./support/axe";
import { letAccountBeOld, letAttemptsExpire, letCodesCountAgain, proveAddress } from "./support/database";
import { cookieValues, expect, greeting, test as journey, signIn, signUp } from "./support/journey";
import { type Devices, devices, PHONE_OR_LAPTOP } from "./support/passkeys";
import { button, code, interactive, send, shownSecret, signOut, toSecondStep } from "./support/second-step";
import { de, en, expectGerman } from "./support/words";

const test = journey.extend<Devices>({
  ...devices,
  baseURL: ({ demanding }, use) => use(demanding.url),
});

const added = (page: Page) => page.getByRole("list", { name: en.passkeys.list }).locator("> li");

/** As if the API let only these factors be added. */
async function letAdd(page: Page, ...factors: string[]): Promise<void> {
  const cookie = (await page.context().cookies()).find(({ name }) => name === "postern-second-step");
  if (!cookie) throw new Error("no sign-in is open");
  const value = cookie.value.replace(/[^.]*$/, factors.join("-"));
  await page.context().addCookies([{ ...cookie, value }]);
}

test("signing up leads to a passkey or an app: the passkey finishes it", async ({ page, person, plug }) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await signUp(page, person, "/signup?next=%2Fsecurity");
  await expect(page).toHaveURL("/signin/enrol?next=%2Fsecurity");
  await expect(button(page, en.authenticator.add)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await device.passes(false);
  await interactive(button(page, en.enrol.addPasskey));
  await button(page, en.enrol.addPasskey).click();
  await expect(page.getByText(en.form.passkey.failures.notMade)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  expect(await cookieValues(page.context())).not.toHaveProperty("postern");
  await page.getByRole("link", { name: en.authenticator.cancel }).click();
  await expect(page).toHaveURL("/signin/enrol?next=%2Fsecurity");
  await expect(button(page, en.authenticator.add)).toBeVisible();
  await device.passes(true);
  await interactive(button(page, en.enrol.addPasskey));
  await button(page, en.enrol.addPasskey).click();
  await expect(page).toHaveURL("/signin/recovery-codes?next=%2Fsecurity");
  expect(await device.count()).toBe(1);
  await page.getByRole("link", { name: en.enrol.continue }).click();
  await expect(page).toHaveURL("/security");
  await expect(added(page)).toHaveCount(1);
});

test("if only a passkey can be added, the page offers no app", async ({ page, person, plug }) => {
  await plug(PHONE_OR_LAPTOP);
  await signUp(page, person);
  await expect(page).toHaveURL(/\/signin\/enrol/);
  await letAdd(page, "passkey");
  await page.reload();
  await expect(button(page, en.authenticator.add)).toHaveCount(0);
  await interactive(button(page, en.enrol.addPasskey));
  await button(page, en.enrol.addPasskey).click();
  await expect(page).toHaveURL(/\/signin\/recovery-codes/);
});

test("if nothing can be added that the page knows, the sign-in begins again", async ({ page, person }) => {
  await signUp(page, person);
  await expect(page).toHaveURL(/\/signin\/enrol/);
  await letAdd(page);
  await page.reload();
  await expect(page.getByText(en.signin.notices["signin-expired"])).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("if only a passkey can be added, the page says that it needs JavaScript", async ({ page, person }) => {
    await signUp(page, person);
    await expect(page).toHaveURL(/\/signin\/enrol/);
    await expect(button(page, en.enrol.addPasskey)).toBeHidden();
    await expect(button(page, en.authenticator.add)).toBeVisible();
    await letAdd(page, "passkey");
    await page.reload();
    await expect(page.getByText(en.form.passkey.needsScript)).toBeVisible();
  });
});

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("signing up leads to adding an app, and then to recovery codes", async ({ page, person }) => {
      await signUp(page, person, "/signup?next=%2Fsecurity");
      await expect(page).toHaveURL("/signin/enrol?next=%2Fsecurity");
      expect(await cookieValues(page.context())).not.toHaveProperty("postern");
      if (scripts) expect(await findings(page)).toEqual([]);
      await button(page, en.authenticator.add).click();
      await expect(page.getByRole("img", { name: en.authenticator.picture })).toBeVisible();
      if (scripts) expect(await findings(page)).toEqual([]);
      const secret = await shownSecret(page);
      await send(page, wrongCodeOf(secret), scripts || en.authenticator.turnOn);
      await expect(code(page)).toHaveAccessibleDescription(/^That code isn't right/);
      expect(await shownSecret(page)).toBe(secret);
      await send(page, codeOf(secret), scripts || en.authenticator.turnOn);

      await expect(page).toHaveURL("/signin/recovery-codes?next=%2Fsecurity");
      if (scripts) expect(await findings(page)).toEqual([]);
      await button(page, en.recoveryCodes.make).click();
      await expect(page.getByRole("list", { name: en.recoveryCodes.list }).getByRole("listitem")).toHaveCount(
        10,
      );
      if (scripts) expect(await findings(page)).toEqual([]);
      await page.getByRole("link", { name: en.enrol.continue }).click();
      await expect(page).toHaveURL("/security");
      await expect(page.getByText("10 codes are left.")).toBeVisible();

      await page.locator("summary", { hasText: en.authenticator.removeTitle }).click();
      await button(page, en.authenticator.remove).click();
      await expect(page.getByText(en.problems.last_second_factor)).toBeVisible();
      await signOut(page);
      await letCodesCountAgain(person.email);
      await toSecondStep(page, person);
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
    });

    test("an attempt that has expired begins again", async ({ page, person }) => {
      await signUpAtApi(person);
      await proveAddress(person.email);
      await page.goto("/signin");
      await signIn(page, person);
      await expect(page).toHaveURL("/signin/enrol?next=%2Fprofile");
      await letAttemptsExpire(person.email);
      await button(page, en.authenticator.add).click();
      await expect(page.getByText(en.signin.notices["signin-expired"])).toBeVisible();
      await page.goto("/signin/enrol");
      await expect(page).toHaveURL("/signin?next=%2Fprofile&notice=signin-expired");
    });
  });
}

test("an account that existed before signs in without one for a while, and a banner says until when", async ({
  page,
  person,
}) => {
  await signUpAtApi(person);
  await proveAddress(person.email);
  await letAccountBeOld(person.email);
  await page.goto("/signin?next=%2Fsecurity");
  await signIn(page, person);
  const banner = page.getByRole("region", { name: en.requiredSoon.title });
  await expect(
    banner.getByText(/^From .*20\d\d.* on, signing in to Postern needs a second step/),
  ).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await banner.getByRole("link", { name: en.requiredSoon.add }).click();
  await button(page, en.authenticator.add).click();
  await expect(page.getByRole("img", { name: en.authenticator.picture })).toBeVisible();
  await send(page, codeOf(await shownSecret(page)));
  await expect(page.getByText(en.authenticator.on)).toBeVisible();
  await expect(banner).toHaveCount(0);
});

test.describe("in German", () => {
  test.use({ locale: "de-DE", viewport: { width: 390, height: 844 } });

  test("adding the second step", async ({ page, person }) => {
    await signUpAtApi(person);
    await proveAddress(person.email);
    await page.goto("/signin");
    await page.getByLabel(de.form.email).fill(person.email);
    await page.getByLabel(de.signin.password, { exact: true }).fill(person.password);
    await button(page, de.signin.signIn).click();
    await expect(page.getByRole("heading", { name: de.enrol.title })).toBeVisible();
    await expectGerman(page, "enrol");
    await button(page, de.authenticator.add).click();
    await expect(page.getByRole("img", { name: de.authenticator.picture })).toBeVisible();
    await expectGerman(page, "enrol, begun");
    await page.getByLabel(de.authenticator.code, { exact: true }).fill(codeOf(await shownSecret(page)));
    await expect(page.getByRole("heading", { name: de.recoveryCodes.title })).toBeVisible();
    await expectGerman(page, "codes offered");
  });
});
