/** The link that confirms an address, opened without a session: each credential of the account is a proof. */

import type { Page } from "@playwright/test";
import { addAppAtApi, signUpAtApi } from "./support/api";
import { codeOf } from "./support/authenticator";
import { findings } from "./support/axe";
import { letCodesCountAgain, letLinksExpire, proofOf } from "./support/database";
import { expect, greeting, interactive, test as journey, type Person, signIn } from "./support/journey";
import { linkIn, mailTo } from "./support/mail";
import { type Device, type Devices, devices, PHONE_OR_LAPTOP } from "./support/passkeys";
import { button, code, send, signOut } from "./support/second-step";
import { de, en, expectGerman } from "./support/words";

const test = journey.extend<Devices>(devices);

const confirmed = (page: Page) => page.getByRole("heading", { name: en.verifyEmail.confirmed });

async function press(page: Page, name: string): Promise<void> {
  await interactive(button(page, name));
  await button(page, name).click();
}

/** An account without a password. The browser keeps nothing of it but the passkey. */
async function signUpWithPasskey(page: Page, person: Person, words = en): Promise<void> {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
  await page.goto("/signup");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel(words.form.email).fill(person.email);
  await press(page, words.signup.withPasskey);
  await expect(page).toHaveURL(/\/(signin|verify-email)/);
  await page.context().clearCookies();
}

async function openLink(page: Page, { email }: Person): Promise<void> {
  await page.goto(linkIn(await mailTo(email, "verify_email")));
}

async function signInAndConfirm(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await button(page, en.verifyEmail.signInAndConfirm).click();
}

/** The person does not pass the check of the device. The button is there again. */
async function cancel(page: Page, device: Device): Promise<void> {
  await device.passes(false);
  await press(page, en.verifyEmail.confirmWithPasskey);
  await expect(page.getByText(en.form.passkey.failures.cancelled)).toBeVisible();
  await device.passes(true);
}

test("a passkey confirms the address of an account without a password, and signs in", async ({
  page,
  person,
  plug,
}) => {
  const device = await plug(PHONE_OR_LAPTOP);
  await signUpWithPasskey(page, person);
  await openLink(page, person);
  expect(await findings(page)).toEqual([]);
  await cancel(page, device);
  expect(await findings(page)).toEqual([]);
  expect(await proofOf(person.email)).toBe("none");
  await press(page, en.verifyEmail.confirmWithPasskey);
  await expect(confirmed(page)).toBeVisible();
  await expect(page.getByText(`signed in as ${person.email}`)).toBeVisible();
  expect(await proofOf(person.email)).toBe("proved");
});

test("a passkey of another account confirms nothing", async ({ page, person, plug }) => {
  const stranger = { ...person, email: `not-${person.email}` };
  await signUpAtApi(stranger);
  await plug(PHONE_OR_LAPTOP);
  await signUpWithPasskey(page, person);
  await openLink(page, stranger);
  await press(page, en.verifyEmail.confirmWithPasskey);
  await expect(page.getByText("This link belongs to another account.")).toBeVisible();
  for (const { email } of [person, stranger]) expect(await proofOf(email)).toBe("none");
});

test("a password that signs in on a trusted device confirms the address with that session", async ({
  page,
  person,
}) => {
  await signUpAtApi(person);
  const { secret } = await addAppAtApi(person);
  await letCodesCountAgain(person.email);
  await page.goto("/signin");
  await signIn(page, person);
  await interactive(code(page));
  await page.getByRole("checkbox").check();
  await send(page, codeOf(secret));
  await expect(greeting(page, person.name)).toBeVisible();
  await signOut(page);

  await openLink(page, person);
  await signInAndConfirm(page, person);
  await expect(confirmed(page)).toBeVisible();
  expect(await proofOf(person.email)).toBe("proved");
});

test("if a second step follows, the address is confirmed with the session after it", async ({
  page,
  person,
}) => {
  await signUpAtApi(person);
  const { secret } = await addAppAtApi(person);
  await letCodesCountAgain(person.email);
  await openLink(page, person);
  await signInAndConfirm(page, person);
  await expect(code(page)).toBeVisible();
  expect(await proofOf(person.email)).toBe("none");
  await send(page, codeOf(secret));
  await expect(confirmed(page)).toBeVisible();
  expect(await proofOf(person.email)).toBe("proved");
});

const strict = test.extend({ baseURL: ({ strict }, use) => use(strict.url) });

strict.describe("if only proved addresses may sign in", () => {
  strict("a passkey and the address confirm, and sign in", async ({ page, person, plug }) => {
    const device = await plug(PHONE_OR_LAPTOP);
    await signUpWithPasskey(page, person);
    await openLink(page, person);
    const email = page.getByLabel("Email");
    await press(page, en.verifyEmail.confirmWithPasskey);
    await expect(page.getByText(en.signin.missingEmail)).toBeVisible();
    await expect(email).toBeFocused();
    await email.fill(person.email);
    await cancel(page, device);
    await email.fill(`not-${person.email}`);
    await press(page, en.verifyEmail.confirmWithPasskey);
    await expect(page.getByText("This link belongs to another account.")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    expect(await proofOf(person.email)).toBe("none");
    await email.fill(person.email);
    await press(page, en.verifyEmail.confirmWithPasskey);
    await expect(confirmed(page)).toBeVisible();
    await expect(page.getByText(`signed in as ${person.email}`)).toBeVisible();
    // Nobody has a session before the address is proved, so the link has proved it alone.
    expect(await proofOf(person.email)).toBe("alone");
  });

  strict(
    "a passkey that does not sign in, although the address is confirmed now, leads to the sign-in",
    async ({ page, person, plug }) => {
      const other = { ...person, email: `other-${person.email}` };
      await signUpAtApi(other);
      await plug(PHONE_OR_LAPTOP);
      await signUpWithPasskey(page, person);
      await openLink(page, other);
      await page.getByLabel("Email").fill(other.email);
      await press(page, en.verifyEmail.confirmWithPasskey);
      await expect(page.getByText(en.signin.notices["email-confirmed-passkey"])).toBeVisible();
      await expect(button(page, en.signin.withPasskey)).toBeVisible();
      expect(await proofOf(person.email)).toBe("none");
    },
  );

  strict("a password and a code confirm, and sign in", async ({ page, person }) => {
    await signUpAtApi(person);
    const { secret } = await addAppAtApi(person);
    await letCodesCountAgain(person.email);
    await openLink(page, person);
    await signInAndConfirm(page, person);
    await send(page, codeOf(secret));
    await expect(confirmed(page)).toBeVisible();
    await expect(page.getByText(`signed in as ${person.email}`)).toBeVisible();
  });
});

strict("a link that has expired is refused after the second step, too", async ({ page, person }) => {
  await signUpAtApi(person);
  const { secret } = await addAppAtApi(person);
  await letCodesCountAgain(person.email);
  await openLink(page, person);
  await letLinksExpire(person.email);
  await signInAndConfirm(page, person);
  await send(page, codeOf(secret));
  await expect(page).toHaveURL(/\/verify-email/);
  await expect(page.getByText(en.problems.link_expired)).toBeVisible();
  await expect(page.getByRole("link", { name: en.verifyEmail.again })).toBeVisible();
  expect(await proofOf(person.email)).toBe("none");
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("the page and the message after a cancelled prompt are German", async ({ page, person, plug }) => {
    const device = await plug(PHONE_OR_LAPTOP);
    await signUpWithPasskey(page, person, de);
    await openLink(page, person);
    await device.passes(false);
    await press(page, de.verifyEmail.confirmWithPasskey);
    await expect(page.getByText(de.form.passkey.failures.cancelled)).toBeVisible();
    await expectGerman(page, "verify-email, passkey");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the link offers no passkey", async ({ page, person }) => {
    await signUpAtApi(person);
    await openLink(page, person);
    await expect(button(page, en.verifyEmail.signInAndConfirm)).toBeVisible();
    await expect(button(page, en.verifyEmail.confirmWithPasskey)).toBeHidden();
  });
});
