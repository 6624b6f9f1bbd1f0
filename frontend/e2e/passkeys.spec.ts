/** Passkeys in Chromium with its virtual authenticators: added, used in each way, renamed and removed. */

import type { Page } from "@playwright/test";
import { findings } from "./support/axe";
import { letProofAge } from "./support/database";
import { expect, greeting, interactive, test as journey, type Person, signIn } from "./support/journey";
import { BOUND, type Devices, devices, KEY, KEY_WITH_PIN, PHONE_OR_LAPTOP } from "./support/passkeys";
import { startWeb } from "./support/processes";
import { de, en, expectGerman } from "./support/words";

const test = journey.extend<Devices>(devices);

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const rows = (page: Page) => page.getByRole("list", { name: en.passkeys.list }).locator("> li");

async function press(page: Page, name: string): Promise<void> {
  await interactive(button(page, name));
  await button(page, name).click();
}

/** Browsers that have passkeys, but do not offer them in the list of a field. */
async function withoutAutofill(page: Page): Promise<void> {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
}

/** With a session of an hour ago, the form asks for a proof. */
async function prove(page: Page): Promise<void> {
  await expect(page.getByText(en.proof.withPasskey)).toBeVisible();
  await press(page, en.proof.usePasskey);
}

async function addPasskey(page: Page, count = 1): Promise<void> {
  await page.goto("/security");
  await press(page, en.passkeys.add);
  await expect(page.getByText(en.passkeys.wasAdded)).toBeVisible();
  await expect(rows(page)).toHaveCount(count);
}

async function signOut(page: Page): Promise<void> {
  await button(page, en.account.signOut).first().click();
  await expect(page.getByText(en.signin.notices["signed-out"])).toBeVisible();
}

/** The first step with the password of an account with a passkey. */
async function toSecondStep(page: Page, person: Person, path = "/signin"): Promise<void> {
  await page.goto(path);
  await signIn(page, person);
  await expect(page.getByRole("heading", { name: en.secondStep.passkeyTitle })).toBeVisible();
}

for (const [name, kind, where] of [
  ["a phone or laptop whose passkeys are synced", PHONE_OR_LAPTOP, en.passkeys.synced],
  ["a device that keeps its passkeys", BOUND, en.passkeys.onlyHere],
  ["a security key with a PIN", KEY_WITH_PIN, en.passkeys.onlyHere],
] as const) {
  test(`${name} is added, and signs in with the button`, async ({ signedIn: page, plug }) => {
    await plug(kind);
    await withoutAutofill(page);
    await addPasskey(page);
    await expect(rows(page)).toContainText(where);
    await expect(rows(page)).toContainText(en.passkeys.neverUsed);
    await signOut(page);
    await page.goto("/signin?next=%2Fsecurity");
    await press(page, en.signin.withPasskey);
    await expect(page).toHaveURL("/security");
    await expect(rows(page)).not.toContainText(en.passkeys.neverUsed);
    expect(await findings(page)).toEqual([]);
  });
}

test("a passkey of the list in the address field signs in", async ({ signedIn: page, person, plug }) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await addPasskey(page);
  await device.answers(false);
  await signOut(page);
  await expect(page.getByLabel("Email")).toHaveAttribute("autocomplete", "username webauthn");
  await device.answers(true);
  await page.goto("/signin");
  await expect(greeting(page, person.name)).toBeVisible();
});

test("while the browser offers passkeys, a password and then a passkey sign in", async ({
  signedIn: page,
  person,
  plug,
}) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await addPasskey(page);
  await device.answers(false);
  await signOut(page);
  await page.goto("/signin?next=%2Fsecurity");
  await interactive(button(page, en.signin.withPasskey));
  expect(await findings(page)).toEqual([]);
  await signIn(page, person);
  await expect(page.getByRole("heading", { name: en.secondStep.passkeyTitle })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await device.answers(true);
  await press(page, en.secondStep.usePasskey);
  await expect(page).toHaveURL("/security");
});

test("a security key is a second factor, and recovery codes are another way", async ({
  signedIn: page,
  person,
  plug,
}) => {
  await plug(KEY_WITH_PIN);
  await withoutAutofill(page);
  await addPasskey(page);
  await press(page, en.recoveryCodes.make);
  const codes = page.getByRole("list", { name: en.recoveryCodes.list }).getByRole("listitem");
  const code = (await codes.first().textContent()) ?? "";
  await signOut(page);
  await toSecondStep(page, person, "/signin?next=%2Fsecurity");
  await expect(page).toHaveTitle(`${en.secondStep.passkeyTitle} · Postern`);
  await press(page, en.secondStep.usePasskey);
  await expect(page).toHaveURL("/security");

  await signOut(page);
  await toSecondStep(page, person, "/signin?next=%2Fsecurity");
  await page.getByRole("link", { name: en.secondStep.useRecovery }).click();
  await expect(page).toHaveTitle(`${en.secondStep.recoveryTitle} · Postern`);
  await page.getByLabel(en.secondStep.recoveryCode).fill(code);
  await button(page, en.secondStep.signIn).click();
  await expect(page).toHaveURL("/security");
});

test("the button says that it waits for the passkey only until that has answered", async ({
  signedIn: page,
  person,
  plug,
}) => {
  await plug(PHONE_OR_LAPTOP);
  await withoutAutofill(page);
  await addPasskey(page);
  await signOut(page);
  await toSecondStep(page, person);
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/signin\/code/, async (route) => {
    if (route.request().method() === "POST") await held;
    await route.continue();
  });
  await press(page, en.secondStep.usePasskey);
  await expect(button(page, en.form.passkey.sending)).toBeVisible();
  answer();
  await expect(greeting(page, person.name)).toBeVisible();
  await page.unroute(/\/signin\/code/);
});

test("Chromium adds no security key without a PIN, and the page says what it needs", async ({
  signedIn: page,
  plug,
}) => {
  await plug(KEY);
  await page.goto("/security");
  await press(page, en.passkeys.add);
  await expect(page.getByText(en.form.passkey.failures.notMade)).toBeVisible();
  expect(await findings(page)).toEqual([]);
});

test("a passkey is renamed, proves who the person is in the same form, and is removed", async ({
  signedIn: page,
  person,
  plug,
}) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await addPasskey(page);
  await page.locator("summary", { hasText: en.passkeys.edit }).click();
  const name = page.getByLabel(en.passkeys.name, { exact: true });
  await interactive(name);
  await name.fill("");
  await page.getByRole("button", { name: new RegExp(`^${en.passkeys.rename}`) }).click();
  await expect(name).toHaveAccessibleDescription(en.passkeys.missingName);
  await name.fill("My phone");
  await page.getByRole("button", { name: new RegExp(`^${en.passkeys.rename}`) }).click();
  await expect(page.getByText(en.passkeys.renamed)).toBeVisible();
  await expect(rows(page)).toContainText("My phone");

  // What the API calls fresh is over, so each change asks for the passkey.
  await letProofAge(person.email);
  await page.goto("/reauthenticate?next=%2Fsecurity");
  expect(await findings(page)).toEqual([]);
  await press(page, en.secondStep.usePasskey);
  await expect(page).toHaveURL("/security");
  await letProofAge(person.email);
  await page.locator("summary", { hasText: en.passkeys.edit }).click();
  const remove = page.getByRole("button", { name: `${en.passkeys.remove} My phone` });
  await interactive(remove);
  await remove.click();
  await expect(page.getByText(en.proof.withPasskey)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await device.passes(false);
  await prove(page);
  await expect(page.getByText(en.form.passkey.failures.cancelled)).toBeVisible();
  await device.passes(true);
  await prove(page);
  await expect(page.getByText(en.passkeys.removed)).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
});

test("a device that has a passkey of the account says so, and a second device adds one more", async ({
  signedIn: page,
  plug,
}) => {
  const first = await plug(PHONE_OR_LAPTOP);
  await addPasskey(page);
  await page.goto("/security");
  await press(page, en.passkeys.add);
  await expect(page.getByText(en.form.passkey.failures.known)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await first.remove();
  await plug(KEY_WITH_PIN);
  await press(page, en.passkeys.create);
  await expect(page.getByText(en.passkeys.wasAdded)).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
});

test("a person who says no, and one who waits too long, can try again", async ({
  signedIn: page,
  person,
  plug,
}) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await withoutAutofill(page);
  await addPasskey(page);
  await signOut(page);
  await page.goto("/signin");
  await device.passes(false);
  await press(page, en.signin.withPasskey);
  await expect(page.getByText(en.form.passkey.failures.cancelled)).toBeVisible();
  expect(await findings(page)).toEqual([]);

  await device.passes(true);
  await device.answers(false);
  // The five minutes of the API are too long for a journey.
  await page.route("**/signin/passkey/options", async (route) => {
    const answer = await route.fetch();
    const { options } = await answer.json();
    const json = { options: JSON.stringify({ ...JSON.parse(options), timeout: 1_000 }) };
    await route.fulfill({ response: answer, json });
  });
  await press(page, en.signin.withPasskey);
  await expect(page.getByText(en.form.passkey.failures.expired)).toBeVisible();
  await page.unroute("**/signin/passkey/options");
  await device.answers(true);
  await press(page, en.signin.withPasskey);
  await expect(greeting(page, person.name)).toBeVisible();
});

test("a passkey that the service does not know is reported to the device", async ({
  signedIn: page,
  plug,
}) => {
  await plug(PHONE_OR_LAPTOP);
  await withoutAutofill(page);
  await page.addInitScript(() => {
    Reflect.set(PublicKeyCredential, "signalUnknownCredential", async (of: object) => {
      sessionStorage.setItem("signalled", JSON.stringify(of));
    });
  });
  await addPasskey(page);
  await page.locator("summary", { hasText: en.passkeys.edit }).click();
  const remove = page.getByRole("button", { name: new RegExp(`^${en.passkeys.remove}`) });
  await interactive(remove);
  // The device does not hear that the account has no passkey now.
  await page.evaluate(() => Reflect.deleteProperty(PublicKeyCredential, "signalAllAcceptedCredentials"));
  await remove.click();
  await expect(page.getByText(en.passkeys.removed)).toBeVisible();
  await signOut(page);
  await page.goto("/signin");
  await press(page, en.signin.withPasskey);
  await expect(page.getByText(en.problems.passkey_unknown)).toBeVisible();
  const signalled = await page.evaluate(() => sessionStorage.getItem("signalled"));
  expect(JSON.parse(signalled ?? "")).toMatchObject({ rpId: "localhost" });
});

test("at another address than the service's own, the page says that passkeys do not work there", async ({
  browser,
}) => {
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", host: "127.0.0.1" });
  const page = await browser.newPage({ baseURL: web.url });
  await page.goto("/signin");
  await press(page, en.signin.withPasskey);
  await expect(page.getByText(en.form.passkey.failures.notHere)).toBeVisible();
  await page.close();
  await web.stop();
});

test("two tabs sign in at once", async ({ signedIn: page, person, plug, context }) => {
  await plug(PHONE_OR_LAPTOP);
  await withoutAutofill(page);
  await addPasskey(page);
  // Away from the app: there it would follow the other tab's sign-out by itself.
  await page.goto("about:blank");
  const other = await context.newPage();
  await withoutAutofill(other);
  const theirs = await plug(PHONE_OR_LAPTOP, other);
  await other.goto("/security");
  await press(other, en.passkeys.add);
  await expect(other.getByText(en.passkeys.wasAdded)).toBeVisible();
  expect(await theirs.count()).toBe(1);
  await signOut(other);
  const tabs = [page, other];
  for (const tab of tabs) {
    await tab.goto("/signin");
    await interactive(button(tab, en.signin.withPasskey));
  }
  await Promise.all(tabs.map((tab) => button(tab, en.signin.withPasskey).click()));
  for (const tab of tabs) await expect(greeting(tab, person.name)).toBeVisible();
  await other.close();
});

test("the password is removed, and then only the passkey signs in", async ({
  signedIn: page,
  person,
  plug,
}) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await addPasskey(page);
  await page.locator("summary", { hasText: en.changePassword.removeTitle }).click();
  await press(page, en.changePassword.remove);
  await expect(page.getByText(en.changePassword.removed)).toBeVisible();
  await expect(page.getByText(en.passkeys.loneTitle)).toBeVisible();
  await expect(button(page, en.changePassword.set)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.locator("summary", { hasText: en.passkeys.edit }).click();
  const remove = page.getByRole("button", { name: new RegExp(`^${en.passkeys.remove}`) });
  await remove.click();
  // Beside the passkey that the person wanted to remove.
  await expect(rows(page).getByText(en.problems.last_way_in)).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await expect(rows(page)).toHaveCount(1);

  await device.answers(false);
  await signOut(page);
  await page.goto("/signin");
  await signIn(page, person);
  await expect(page.getByText(en.problems.invalid_credentials)).toBeVisible();
  await device.answers(true);
  await page.goto("/signin");
  await expect(greeting(page, person.name)).toBeVisible();
});

test("after a sign-in with a password a device is offered a passkey, until the person says never", async ({
  page,
  person,
  signedIn,
  plug,
}) => {
  const device = await plug(PHONE_OR_LAPTOP);
  const again = async () => {
    await signOut(signedIn);
    await page.goto("/signin?next=%2Fsecurity");
    await interactive(button(page, en.signin.withPasskey));
    await expect(page.locator("input[name=device]")).toHaveCount(1);
    await signIn(page, person);
  };
  await again();
  await expect(page.getByRole("heading", { name: en.offer.title })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await press(page, en.offer.never);
  await expect(page).toHaveURL("/security");
  await again();
  await expect(page).toHaveURL("/security");

  // A person who leaves the page without an answer is not asked at each sign-in either.
  await page.context().clearCookies({ name: "postern-passkey-offer" });
  await again();
  await expect(page.getByRole("heading", { name: en.offer.title })).toBeVisible();
  await page.goto("/security");
  await again();
  await expect(page).toHaveURL("/security");

  await page.context().clearCookies({ name: "postern-passkey-offer" });
  await again();
  await device.passes(false);
  await press(page, en.offer.add);
  await expect(page.getByText(en.form.passkey.failures.notMade)).toBeVisible();
  const widthOf = async (name: string) => (await button(page, name).boundingBox())?.width;
  expect(await widthOf(en.offer.create)).toBe(await widthOf(en.offer.later));
  await device.passes(true);
  await press(page, en.offer.create);
  await expect(page).toHaveURL("/security");
  await expect(rows(page)).toHaveCount(1);
  expect(await device.count()).toBe(1);
});

test("a person signs up with a passkey beside the form for a password", async ({ page, person, plug }) => {
  await plug(PHONE_OR_LAPTOP);
  await withoutAutofill(page);
  await page.goto("/signup?next=%2Fsecurity");
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible();
  await press(page, en.signup.withPasskey);
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(en.signin.missingEmail);
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await press(page, en.signup.withPasskey);
  await expect(page.getByText(en.signin.notices["account-created"])).toBeVisible();
  await press(page, en.signin.withPasskey);
  await expect(page).toHaveURL("/security");
  await expect(rows(page)).toHaveCount(1);
});

const onlyPasskeys = test.extend({ baseURL: ({ passkeysOnly }, use) => use(passkeysOnly.url) });

onlyPasskeys(
  "where only passkeys make accounts, there is no field for a password",
  async ({ page, person, plug }) => {
    // If a busy API does not say within two seconds who may sign up, the page shows all fields.
    await expect(async () => {
      await page.goto("/signup");
      await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0, { timeout: 1_000 });
    }).toPass();
    expect(await findings(page)).toEqual([]);
    await plug(PHONE_OR_LAPTOP);
    await page.getByLabel("Name").fill(person.name);
    await page.getByLabel("Email").fill(person.email);
    await press(page, en.signup.withPasskey);
    await expect(greeting(page, person.name)).toBeVisible();
  },
);

test("without JavaScript, a second step that needs a passkey says so, and offers nothing that cannot work", async ({
  signedIn: page,
  person,
  plug,
  browser,
  baseURL,
}) => {
  await plug(PHONE_OR_LAPTOP);
  await addPasskey(page);
  const other = await browser.newPage({ baseURL, javaScriptEnabled: false });
  await toSecondStep(other, person);
  await expect(other.getByText(en.form.passkey.needsScript)).toBeVisible();
  await expect(other.getByRole("checkbox")).toBeHidden();
  await expect(button(other, en.secondStep.startOver)).toBeVisible();
  await other.close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("passkeys are not offered, and the page says why", async ({ signedIn: page }) => {
    await page.goto("/security");
    await expect(button(page, en.passkeys.add)).toBeHidden();
    await expect(page.getByText(en.form.passkey.needsScript)).toBeVisible();
    await page.context().clearCookies();
    await page.goto("/signin");
    await expect(button(page, en.signin.withPasskey)).toBeHidden();
    await expect(button(page, en.signin.signIn)).toBeVisible();
  });
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("the card of passkeys and the sign-in are German", async ({ signedIn: page, plug }) => {
    await plug(PHONE_OR_LAPTOP);
    await withoutAutofill(page);
    await page.goto("/security");
    await press(page, de.passkeys.add);
    await expect(page.getByText(de.passkeys.wasAdded)).toBeVisible();
    await expectGerman(page, "passkeys");
    await button(page, de.account.signOut).first().click();
    await page.goto("/signin");
    await press(page, de.signin.withPasskey);
    await expect(page).toHaveURL("/profile");
  });
});
