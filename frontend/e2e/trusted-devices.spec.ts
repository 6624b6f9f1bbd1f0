/** A browser that a person trusts asks for no second step. */

import { codeOf, wrongCodeOf } from "./support/authenticator";
import { findings } from "./support/axe";
import { letCodesCountAgain } from "./support/database";
import { expect, greeting, signIn, test } from "./support/journey";
import { button, code, enrolled, send, signOut, toSecondStep } from "./support/second-step";
import { de, en, expectGerman } from "./support/words";

const TRUST = en.secondStep.trust.other.replace("{count}", "30");

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("a trusted browser skips the code until its trust ends", async ({ page, person }) => {
      const { secret } = await enrolled(person);
      await toSecondStep(page, person);
      await page.getByLabel(TRUST).check();
      if (scripts) expect(await findings(page)).toEqual([]);
      await send(page, wrongCodeOf(secret), scripts || en.secondStep.signIn);
      await expect(code(page)).toHaveAccessibleDescription(/^That code isn't right/);
      await expect(page.getByLabel(TRUST)).toBeChecked();
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
      await signOut(page);

      await page.goto("/signin?next=%2Fsecurity");
      await signIn(page, person);
      await expect(page).toHaveURL("/security");
      const list = page.getByRole("list", { name: en.trustedDevices.title });
      await expect(list.getByRole("listitem")).toHaveCount(1);
      await expect(list.getByText(en.devices.thisDevice)).toBeVisible();
      if (scripts) expect(await findings(page)).toEqual([]);
      await list.getByRole("button", { name: en.trustedDevices.end }).click();
      await expect(list).toHaveCount(0);
      await signOut(page);

      await letCodesCountAgain(person.email);
      await toSecondStep(page, person);
      await expect(page.getByLabel(TRUST)).not.toBeChecked();
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
      await page.goto("/security");
      await expect(page.getByText(en.trustedDevices.title)).toHaveCount(0);
    });
  });
}

test("a recovery code can trust the browser, too, and a change of the password ends that", async ({
  page,
  person,
}) => {
  const { recoveryCodes } = await enrolled(person);
  await toSecondStep(page, person, "/signin?next=%2Fsecurity");
  await page.getByRole("link", { name: en.secondStep.useRecovery }).click();
  await page.getByLabel(TRUST).check();
  await page.getByLabel(en.secondStep.recoveryCode).fill(recoveryCodes[0] ?? "");
  await button(page, en.secondStep.signIn).click();
  await expect(page).toHaveURL("/security");
  await expect(page.getByRole("list", { name: en.trustedDevices.title })).toBeVisible();
  const replacement = "another copper door";
  await page.getByLabel(en.changePassword.current, { exact: true }).fill(person.password);
  await page.getByLabel(en.changePassword.new, { exact: true }).fill(replacement);
  await button(page, en.changePassword.change).click();
  await expect(page.getByText(en.changePassword.changed)).toBeVisible();
  await signOut(page);
  await toSecondStep(page, { ...person, password: replacement });
});

test.describe("in German", () => {
  test.use({ locale: "de-DE", viewport: { width: 390, height: 844 } });

  test("the offer and the list", async ({ page, person }) => {
    const { secret } = await enrolled(person);
    await page.goto("/signin?next=%2Fsecurity");
    await page.getByLabel(de.form.email).fill(person.email);
    await page.getByLabel(de.signin.password, { exact: true }).fill(person.password);
    await button(page, de.signin.signIn).click();
    await page.getByLabel(de.secondStep.trust.other.replace("{count}", "30")).check();
    await expectGerman(page, "trust");
    await page.getByLabel(de.secondStep.code, { exact: true }).pressSequentially(codeOf(secret));
    await expect(page.getByRole("heading", { name: de.trustedDevices.title })).toBeVisible();
    await expectGerman(page, "trusted devices");
  });
});
