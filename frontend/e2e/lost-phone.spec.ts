/** An operator removes the second factors of a person, who can stop that until it is done. */

import { codeOf } from "./support/authenticator";
import { findings } from "./support/axe";
import { letCodesCountAgain } from "./support/database";
import { expect, greeting, signIn, test } from "./support/journey";
import { mailTo, openLink } from "./support/mail";
import { resetFactors } from "./support/operator";
import { button, enrolled, send, toSecondStep } from "./support/second-step";
import { de, en, expectGerman } from "./support/words";

const DAY = 86_400;
const removal = { name: en.factorReset.title };

test("after a reset at once a person without a phone signs in with the password alone", async ({
  page,
  person,
}) => {
  await enrolled(person);
  await resetFactors(person.email, { delay: 0 });
  await mailTo(person.email, "factors_reset");
  await page.goto("/signin");
  await signIn(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await page.goto("/security");
  await expect(button(page, en.authenticator.add)).toBeVisible();
});

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("a session says that a reset is pending, and stops it", async ({ page, person }) => {
      const { secret } = await enrolled(person);
      await toSecondStep(page, person, "/signin?next=%2Fsecurity");
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(page).toHaveURL("/security");
      await expect(page.getByRole("region", removal)).toHaveCount(0);

      await resetFactors(person.email, { delay: DAY });
      await page.reload();
      const banner = page.getByRole("region", removal);
      await expect(banner.getByText(/will remove all second steps of your account: .*20\d\d/)).toBeVisible();
      if (scripts) expect(await findings(page)).toEqual([]);
      await banner.getByRole("button", { name: en.factorReset.stop }).click();
      await expect(page.getByText(en.factorReset.stopped)).toBeVisible();
      if (scripts) expect(await findings(page)).toEqual([]);
      await page.goto("/security");
      await expect(page.getByRole("region", removal)).toHaveCount(0);
      await expect(page.getByText(en.authenticator.leadOn)).toBeVisible();
    });

    test("the link of the mail stops it after a click, in any browser, once", async ({ page, person }) => {
      const { secret } = await enrolled(person);
      await resetFactors(person.email, { delay: DAY });
      const mail = await mailTo(person.email, "factor_reset_asked");
      await openLink(page, mail);
      await expect(page).toHaveURL("/stop-factor-reset");
      if (scripts) expect(await findings(page)).toEqual([]);
      await button(page, en.factorReset.stop).click();
      await expect(page.getByRole("heading", { name: en.factorReset.doneTitle })).toBeVisible();
      if (scripts) expect(await findings(page)).toEqual([]);
      await openLink(page, mail);
      await button(page, en.factorReset.stop).click();
      await expect(page.getByText(en.problems.link_used)).toBeVisible();
      await expect(page.getByRole("heading", { name: en.factorReset.usedTitle })).toBeVisible();
      await expect(button(page, en.factorReset.stop)).toHaveCount(0);
      if (scripts) expect(await findings(page)).toEqual([]);

      await toSecondStep(page, person, "/signin?next=%2Fsecurity");
      await letCodesCountAgain(person.email);
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(page.getByText(en.authenticator.leadOn)).toBeVisible();
    });
  });
}

test.describe("in German", () => {
  test.use({ locale: "de-DE", viewport: { width: 390, height: 844 } });

  test("the page of the mail and the banner", async ({ page, person }) => {
    const { secret } = await enrolled(person);
    await resetFactors(person.email, { delay: DAY });
    await page.goto("/signin?next=%2Fsecurity");
    await page.getByLabel(de.form.email).fill(person.email);
    await page.getByLabel(de.signin.password, { exact: true }).fill(person.password);
    await button(page, de.signin.signIn).click();
    await page.getByLabel(de.secondStep.code, { exact: true }).pressSequentially(codeOf(secret));
    await expect(page.getByRole("region", { name: de.factorReset.title })).toBeVisible();
    await expectGerman(page, "reset pending");
    await openLink(page, await mailTo(person.email, "factor_reset_asked"));
    await expectGerman(page, "stop-factor-reset");
    await button(page, de.factorReset.stop).click();
    await expect(page.getByRole("heading", { name: de.factorReset.doneTitle })).toBeVisible();
    await expectGerman(page, "stopped");
  });
});
