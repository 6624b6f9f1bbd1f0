/** Authenticator apps and recovery codes: enrolment, the second step of a sign-in, and confirming who one is. */

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { signInAtApi, signUpAtApi } from "./support/api";
import { codeOf, wrongCodeOf } from "./support/authenticator";
import { findings } from "./support/axe";
import { letAttemptsExpire, letCodesCountAgain, letProofAge, triesOf } from "./support/database";
import {
  cookieValues,
  expect,
  greeting,
  test as journey,
  letAccessTokenExpire,
  signIn,
} from "./support/journey";
import { mailTo, openLink } from "./support/mail";
import { button, code, enrolled, interactive, send, shownSecret, toSecondStep } from "./support/second-step";
import { de, en, expectGerman } from "./support/words";

const test = journey;
const PHONE = { width: 390, height: 844 };

async function cookie(page: Page, name: string) {
  return (await page.context().cookies()).find((one) => one.name === name);
}

for (const scripts of [true, false]) {
  test.describe(scripts ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled: scripts });

    test("an app is added, makes recovery codes possible, and signs in", async ({
      signedIn: page,
      person,
    }) => {
      await page.goto("/security");
      await expect(page.getByText(en.recoveryCodes.title)).toHaveCount(0);
      await button(page, en.authenticator.add).click();
      await expect(page.getByRole("img", { name: en.authenticator.picture })).toBeVisible();
      await expect(page.getByRole("link", { name: en.authenticator.open })).toHaveAttribute(
        "href",
        /^otpauth:/,
      );
      if (scripts) expect(await findings(page)).toEqual([]);
      const secret = await shownSecret(page);

      await send(page, wrongCodeOf(secret), scripts || en.authenticator.turnOn);
      await expect(code(page)).toHaveAccessibleDescription(/^That code isn't right/);
      expect(await shownSecret(page)).toBe(secret);
      await send(page, codeOf(secret), scripts || en.authenticator.turnOn);
      await expect(page.getByText(en.authenticator.on)).toBeVisible();
      await expect(page.getByText(en.recoveryCodes.none)).toBeVisible();

      await button(page, en.recoveryCodes.make).click();
      await expect(page.getByText(en.recoveryCodes.made)).toBeVisible();
      const codes = page.getByRole("list", { name: en.recoveryCodes.list }).getByRole("listitem");
      await expect(codes).toHaveCount(10);
      if (scripts) expect(await findings(page)).toEqual([]);
      const first = (await codes.first().textContent()) ?? "";
      await page.goto("/security");
      await expect(page.getByText("10 codes are left.")).toBeVisible();
      await expect(page.getByText(first)).toHaveCount(0);

      await button(page, "Sign out").first().click();
      await letCodesCountAgain(person.email);
      await toSecondStep(page, person, "/signin?next=%2Fsecurity");
      await expect(page).toHaveURL("/signin/code?next=%2Fsecurity");
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(page).toHaveURL("/security");
    });

    test("a recovery code signs in once", async ({ page, person }) => {
      const { recoveryCodes } = await enrolled(person);
      const [first = ""] = recoveryCodes;
      for (const again of [false, true]) {
        await toSecondStep(page, person, "/signin?next=%2Fsecurity");
        await page.getByRole("link", { name: en.secondStep.useRecovery }).click();
        const field = page.getByLabel(en.secondStep.recoveryCode);
        await field.fill(` ${first.toLowerCase().replaceAll("-", " ")}`);
        await button(page, en.secondStep.signIn).click();
        if (again) {
          await expect(field).toHaveAccessibleDescription(/Each recovery code works once/);
          await page.getByRole("link", { name: en.secondStep.useApp }).click();
          await expect(code(page)).toBeVisible();
          await expect(page).toHaveURL("/signin/code?next=%2Fsecurity");
        } else {
          await expect(page).toHaveURL("/security");
          await expect(page.getByText("9 codes are left.")).toBeVisible();
          await button(page, "Sign out").first().click();
          await expect(page.getByText(en.signin.notices["signed-out"])).toBeVisible();
        }
      }
    });

    test("wrong codes, a used one and an expired attempt are refused, and the sign-in begins again", async ({
      page,
      person,
    }) => {
      const { secret } = await enrolled(person);
      await toSecondStep(page, person);
      await button(page, en.secondStep.signIn).click();
      await expect(code(page)).toHaveAccessibleDescription(/^Type the code/);
      await send(page, wrongCodeOf(secret), scripts || en.secondStep.signIn);
      await expect(code(page)).toHaveAccessibleDescription(/^That code isn't right/);
      await expect(code(page)).toHaveValue("");
      const used = codeOf(secret);
      await send(page, used, scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
      expect(await cookie(page, "postern-second-step")).toBeUndefined();
      await button(page, "Sign out").click();

      await toSecondStep(page, person);
      await send(page, used, scripts || en.secondStep.signIn);
      await expect(code(page)).toHaveAccessibleDescription(/was used already/);

      await letCodesCountAgain(person.email);
      await letAttemptsExpire(person.email);
      await send(page, wrongCodeOf(secret), scripts || en.secondStep.signIn);
      await expect(page).toHaveURL(/^[^?]*\/signin\?next=%2Fprofile&notice=signin-expired$/);
      await expect(page.getByText(en.signin.notices["signin-expired"])).toBeVisible();
      expect(await cookieValues(page.context())).not.toHaveProperty("postern");
      if (scripts) expect(await findings(page)).toEqual([]);
      await signIn(page, person);
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
    });

    test("after five wrong codes the sign-in begins again", async ({ page, person }) => {
      const { secret } = await enrolled(person);
      await toSecondStep(page, person);
      for (let number = 0; number < 5; number += 1) {
        if (number > 0) {
          await expect(code(page)).toHaveAccessibleDescription(/^That code isn't right/);
          await expect(code(page)).toHaveValue("");
        }
        const answer = page.waitForResponse((response) => response.request().method() === "POST");
        await send(page, wrongCodeOf(secret, number), scripts || en.secondStep.signIn);
        await answer;
      }
      await expect(page).toHaveURL("/signin?next=%2Fprofile&notice=signin-expired");
      await expect(page.getByText(en.signin.notices["signin-expired"])).toBeVisible();
      expect(await cookie(page, "postern-second-step")).toBeUndefined();
      await signIn(page, person);
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
    });

    test("the app is removed after a proof in the same form, and signing in needs no code then", async ({
      page,
      person,
    }) => {
      const { secret } = await enrolled(person);
      await toSecondStep(page, person, "/signin?next=%2Fsecurity");
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(page).toHaveURL("/security");
      await letProofAge(person.email);
      await letCodesCountAgain(person.email);

      await page.locator("summary", { hasText: en.authenticator.removeTitle }).click();
      await button(page, en.authenticator.remove).click();
      const proof = page.getByLabel(en.proof.code);
      await proof.fill(wrongCodeOf(secret));
      await button(page, en.authenticator.remove).click();
      await expect(proof).toHaveAccessibleDescription(/^That code isn't right/);
      if (scripts) expect(await findings(page)).toEqual([]);
      await proof.fill(codeOf(secret));
      await button(page, en.authenticator.remove).click();
      await expect(page.getByText(en.authenticator.removed)).toBeVisible();
      await expect(button(page, en.authenticator.add)).toBeVisible();
      await expect(page.getByText(en.recoveryCodes.lead)).toHaveCount(0);
      await button(page, "Sign out").first().click();
      await page.goto("/signin");
      await signIn(page, person);
      await expect(greeting(page, person.name)).toBeVisible();
    });

    test("other devices are signed out after a proof in the same form", async ({
      signedIn: page,
      person,
    }) => {
      await signInAtApi(person);
      await signInAtApi(person, "Mozilla/5.0 (iPhone) Version/18.5 Mobile/15E148 Safari/604.1");
      await letProofAge(person.email);
      await page.goto("/security");
      await page.getByRole("button", { name: /^Sign out curl/ }).click();
      const proof = page.getByLabel(en.proof.password, { exact: true });
      await proof.fill("not my password");
      await page.getByRole("button", { name: "Sign out curl", exact: true }).click();
      await expect(proof).toHaveAccessibleDescription(/^That isn't your password/);
      await proof.fill(person.password);
      // Enter sends what was chosen, and not "all other devices".
      await proof.press("Enter");
      await expect(page.getByText(en.devices.signedOut)).toBeVisible();
      await expect(page.getByText(/iPhone/).first()).toBeVisible();
      await button(page, "Sign out").first().click();
    });

    test("what needs the password needs a code, too, and leads on after it", async ({ page, person }) => {
      const { secret } = await enrolled(person);
      await toSecondStep(page, person, "/signin?next=%2Fsecurity");
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(page).toHaveURL("/security");
      await letProofAge(person.email);
      await letCodesCountAgain(person.email);

      const replacement = "another copper door";
      const fill = async () => {
        await page.getByLabel("Current password", { exact: true }).fill(person.password);
        await page.getByLabel("New password", { exact: true }).fill(replacement);
      };
      if (scripts) await interactive(page.getByLabel("New password", { exact: true }));
      await fill();
      await button(page, en.changePassword.change).click();
      await expect(page.getByLabel(en.proof.code)).toBeVisible();
      if (scripts) await expect(page.getByLabel("New password", { exact: true })).toHaveValue(replacement);
      else await fill();
      await page.getByLabel(en.proof.code).fill(codeOf(secret));
      await button(page, en.changePassword.change).click();
      await expect(page.getByText(en.changePassword.changed)).toBeVisible();

      await letProofAge(person.email);
      await letCodesCountAgain(person.email);
      await page.goto("/profile");
      await page.getByLabel(en.address.newAddress).fill(`new-${person.email}`);
      await page.getByLabel(en.address.password, { exact: true }).fill(replacement);
      await button(page, en.address.change).click();
      if (!scripts) await page.getByLabel(en.address.password, { exact: true }).fill(replacement);
      await page.getByLabel(en.proof.code).fill(codeOf(secret));
      await button(page, en.address.change).click();
      await expect(page.getByText(`We sent a link to new-${person.email}.`)).toBeVisible();

      await letProofAge(person.email);
      await letCodesCountAgain(person.email);
      await page.goto("/security");
      const sentence = page.getByLabel(/^Type “delete my account”/);
      await page.getByLabel(en.deletion.password, { exact: true }).fill(replacement);
      await sentence.fill(en.deletion.confirmation);
      await button(page, en.deletion.delete).click();
      if (!scripts) await page.getByLabel(en.deletion.password, { exact: true }).fill(replacement);
      await expect(sentence).toHaveValue(en.deletion.confirmation);
      await page.getByLabel(en.proof.code).fill(codeOf(secret));
      await button(page, en.deletion.delete).click();
      await expect(page.getByText(en.home.farewell)).toBeVisible();
    });

    test("/reauthenticate takes the code of the app or a recovery code, and leads on", async ({
      page,
      person,
    }) => {
      const { secret, recoveryCodes } = await enrolled(person);
      await toSecondStep(page, person);
      await send(page, codeOf(secret), scripts || en.secondStep.signIn);
      await expect(greeting(page, person.name)).toBeVisible();
      await letCodesCountAgain(person.email);
      await letProofAge(person.email);
      await letAccessTokenExpire(page.context());

      await page.goto("/reauthenticate?next=%2Fsecurity");
      if (scripts) expect(await findings(page)).toEqual([]);
      await send(page, codeOf(secret), scripts || en.reauthenticate.continue);
      await expect(page).toHaveURL("/security");

      await letProofAge(person.email);
      await page.goto("/reauthenticate?next=%2Fsecurity");
      await page.getByRole("link", { name: en.secondStep.useRecovery }).click();
      await page.getByLabel(en.secondStep.recoveryCode).fill(recoveryCodes[1] ?? "");
      await button(page, en.reauthenticate.continue).click();
      await expect(page).toHaveURL("/security");
      // The session is fresh now, so this needs nothing else.
      await button(page, en.recoveryCodes.makeNew).click();
      await expect(page.getByText(en.recoveryCodes.made)).toBeVisible();
    });
  });
}

test("a pasted code with spaces sends itself, and only once, whatever the person presses", async ({
  page,
  person,
}) => {
  const { secret } = await enrolled(person);
  await toSecondStep(page, person);
  const wrong = wrongCodeOf(secret);
  let posts = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") posts += 1;
  });
  await send(page, `${wrong.slice(0, 3)} ${wrong.slice(3)}`);
  await expect(code(page)).toHaveAccessibleDescription(/^That code isn't right/);
  expect(await triesOf(person.email)).toBe(1);
  expect(posts).toBe(1);
  const field = code(page);
  await field.evaluate(
    (input, digits) => {
      if (!(input instanceof HTMLInputElement)) return;
      input.value = digits;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.form?.querySelector("button")?.click();
    },
    ` ${codeOf(secret).split("").join(" ")} `,
  );
  await expect(greeting(page, person.name)).toBeVisible();
  expect(posts).toBe(2);
});

test("the second step is of this browser alone, keeps the attempt out of addresses and can be left", async ({
  page,
  person,
}) => {
  await enrolled(person);
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await toSecondStep(page, person, "/signin?next=%2Fsecurity");
  const held = await cookie(page, "postern-second-step");
  expect(held).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  const [attempt = ""] = held?.value.split(".") ?? [];
  expect(attempt.length).toBeGreaterThan(20);
  expect(addresses.filter((address) => address.includes(attempt))).toEqual([]);
  expect(await page.content()).not.toContain(attempt);
  expect(await findings(page)).toEqual([]);

  await button(page, en.secondStep.startOver).click();
  await expect(page).toHaveURL("/signin?next=%2Fsecurity");
  await page.goto("/signin/code?next=%2Fsecurity");
  await expect(page).toHaveURL("/signin?next=%2Fsecurity&notice=signin-expired");
});

test("on a phone the codes can be copied, printed and downloaded", async ({ page, person, context }) => {
  await page.setViewportSize(PHONE);
  const { secret } = await enrolled(person);
  await toSecondStep(page, person, "/signin?next=%2Fsecurity");
  await send(page, codeOf(secret));
  await expect(page).toHaveURL("/security");
  await button(page, en.recoveryCodes.makeNew).click();
  const list = page.getByRole("list", { name: en.recoveryCodes.list });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  const codes = await list.getByRole("listitem").allInnerTexts();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await interactive(button(page, en.recoveryCodes.copy));
  await button(page, en.recoveryCodes.copy).click();
  await expect(button(page, en.recoveryCodes.copied)).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: en.recoveryCodes.download }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("recovery-codes.txt");
  const text = readFileSync(await download.path(), "utf8");
  expect(text).toBe(copied);
  expect(text).toContain(person.email);
  for (const one of codes) expect(text).toContain(one);

  await page.evaluate(() => Reflect.set(window, "print", () => Reflect.set(window, "printed", true)));
  await button(page, en.recoveryCodes.print).click();
  expect(await page.evaluate(() => Reflect.get(window, "printed"))).toBe(true);
  await page.emulateMedia({ media: "print" });
  await expect(list).toBeVisible();
  await expect(page.getByText(person.email).first()).toBeVisible();
  await expect(button(page, en.deletion.delete)).toBeHidden();
  await page.emulateMedia({ media: null });
});

const byMail = journey.extend({ baseURL: ({ strict }, use) => use(strict.url) });

byMail("a sign-in by mail has the second step, too", async ({ page, person }) => {
  const { secret } = await enrolled(person);
  await page.goto("/magic-link?next=%2Fsecurity");
  await page.getByLabel("Email").fill(person.email);
  await button(page, en.magicLink.send).click();
  await expect(page.getByLabel(en.magicLink.code)).toBeVisible();
  const mail = await mailTo(person.email, "magic_link");
  await page.getByLabel(en.magicLink.code).fill(mail.code ?? "");
  await button(page, en.magicLink.signIn).click();
  await expect(page).toHaveURL("/signin/code?next=%2Fsecurity");
  await send(page, codeOf(secret));
  await expect(page).toHaveURL("/security");
});

byMail(
  "an account without a password gets one, after a new sign-in if the last one is long ago",
  async ({ page, person }) => {
    await signUpAtApi(person);
    const arrive = async (count: number) => {
      await button(page, en.magicLink.send).click();
      await expect(page.getByLabel(en.magicLink.code)).toBeVisible();
      await openLink(page, await mailTo(person.email, "magic_link", count));
      await button(page, en.magicLink.signIn).click();
      await expect(greeting(page, person.name)).toBeVisible();
    };
    await page.goto("/magic-link");
    await page.getByLabel("Email").fill(person.email);
    await arrive(1);

    await page.goto("/security");
    await expect(page.getByRole("heading", { name: en.changePassword.setTitle })).toBeVisible();
    await expect(page.getByLabel("Current password", { exact: true })).toHaveCount(0);
    await expect(page.getByLabel(en.deletion.password, { exact: true })).toHaveCount(0);
    await letProofAge(person.email);
    await page.getByLabel("New password", { exact: true }).fill("another copper door");
    await button(page, en.changePassword.set).click();
    await page.getByRole("link", { name: en.proof.again }).click();
    await expect(page.getByText(en.reauthenticate.leadMail)).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await button(page, en.reauthenticate.byMail).click();
    await expect(page).toHaveURL("/magic-link?next=%2Fsecurity");
    await expect(page.getByLabel("Email")).toHaveValue(person.email);
    await button(page, en.magicLink.send).click();
    await expect(page.getByLabel(en.magicLink.code)).toBeVisible();
    await page.getByLabel(en.magicLink.code).fill((await mailTo(person.email, "magic_link", 2)).code ?? "");
    await button(page, en.magicLink.signIn).click();
    await expect(page).toHaveURL("/security");
    await page.getByLabel("New password", { exact: true }).fill("another copper door");
    await button(page, en.changePassword.set).click();
    await expect(page.getByText(en.changePassword.wasSet)).toBeVisible();
    await expect(page.getByRole("heading", { name: en.changePassword.title, exact: true })).toBeVisible();
    await expect(page.getByLabel("Current password", { exact: true })).toBeVisible();
  },
);

test.describe("in German", () => {
  test.use({ locale: "de-DE", viewport: PHONE });

  test("each page and state, on a phone", async ({ page, person }) => {
    const { secret } = await enrolled(person);
    await page.goto("/signin?next=%2Fsecurity");
    await page.getByLabel(de.form.email).fill(person.email);
    await page.getByLabel(de.signin.password, { exact: true }).fill(person.password);
    await button(page, de.signin.signIn).click();
    const field = page.getByLabel(de.secondStep.code, { exact: true });
    await expect(field).toBeVisible();
    await expectGerman(page, "second step");
    await interactive(field);
    await field.fill(wrongCodeOf(secret));
    await expect(page.getByText(de.fields.app_code_wrong)).toBeVisible();
    await expectGerman(page, "second step refused");
    await page.getByRole("link", { name: de.secondStep.useRecovery }).click();
    await expect(page.getByLabel(de.secondStep.recoveryCode)).toBeVisible();
    await expectGerman(page, "second step recovery");
    await page.getByRole("link", { name: de.secondStep.useApp }).click();
    await interactive(field);
    await field.fill(codeOf(secret));
    await expect(page).toHaveURL("/security");
    await expectGerman(page, "security with app");

    await page.goto("/reauthenticate");
    await expectGerman(page, "reauthenticate app");
    await page.goto("/reauthenticate?with=recovery-code");
    await expectGerman(page, "reauthenticate recovery");

    await page.goto("/security");
    await button(page, de.recoveryCodes.makeNew).click();
    await expect(page.getByText(de.recoveryCodes.made)).toBeVisible();
    await expectGerman(page, "recovery codes");
    await letProofAge(person.email);
    await letCodesCountAgain(person.email);
    await page.locator("summary", { hasText: de.authenticator.removeTitle }).click();
    await button(page, de.authenticator.remove).click();
    await expect(page.getByLabel(de.proof.code)).toBeVisible();
    await expectGerman(page, "proof");
    await page.getByLabel(de.proof.code).fill(codeOf(secret));
    await button(page, de.authenticator.remove).click();
    await expect(page.getByText(de.authenticator.removed)).toBeVisible();
    await button(page, de.authenticator.add).click();
    await expect(page.getByLabel(de.authenticator.code, { exact: true })).toBeVisible();
    await expectGerman(page, "enrolment");
    await page.goto("/reauthenticate");
    await expectGerman(page, "reauthenticate password");
  });
});
