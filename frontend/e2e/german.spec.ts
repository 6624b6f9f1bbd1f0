/** Each page and state in a German browser, on a phone: no English is left on it, and it fits. */

import { signInAtApi, signUpAtApi } from "./support/api";
import { proveAddress } from "./support/database";
import { expect, holdNotice, holdSession, test } from "./support/journey";
import { test as onTheLine } from "./support/line";
import { mailTo, openLink } from "./support/mail";
import { startWeb } from "./support/processes";
import { de, expectGerman } from "./support/words";

const GERMAN = { locale: "de-DE", viewport: { width: 390, height: 844 } };
const button = (name: string) => ["button", { name, exact: true }] as const;

test.use(GERMAN);

test("pages that are open to everybody", async ({ page, baseURL }) => {
  for (const path of [
    ...["/", "/signin", "/signin?next=%2Fsecurity", "/signup", "/signout", "/no-such-page"],
    ...["/forgot-password", "/reset-password", "/verify-email", "/confirm-email", "/undo-email"],
    "/magic-link",
  ]) {
    await page.goto(path);
    await expectGerman(page, path);
  }
  for (const notice of Object.keys(de.signin.notices)) {
    await holdNotice(page.context(), baseURL, notice);
    await page.goto(`/signin?notice=${notice}`);
    await expectGerman(page, notice);
  }
  await holdNotice(page.context(), baseURL, "account-deleted");
  await page.goto("/?notice=account-deleted");
  await expect(page.getByText(de.home.farewell)).toBeVisible();
  await expectGerman(page, "farewell");
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("refused forms", async ({ page, person }) => {
      await page.goto("/signin");
      await page.getByRole(...button(de.signin.signIn)).click();
      await expect(page.getByText(de.signin.missingPassword)).toBeVisible();
      await page.getByLabel(de.form.email).fill(person.email);
      await page.getByLabel(de.signin.password, { exact: true }).fill("not the right one");
      await page.getByRole(...button(de.signin.signIn)).click();
      await expect(page.getByText(de.problems.invalid_credentials)).toBeVisible();

      await page.goto("/signup");
      for (const [email, password, sentences] of [
        ["", "", [de.signin.missingEmail, de.signup.missingPassword]],
        ["ada", "short", [de.fields.email_invalid_without_at, "Mindestens 8 Zeichen. Die Länge macht"]],
        [person.email, "password1", [de.newPassword.common]],
      ] as const) {
        await page.getByLabel(de.form.email).fill(email);
        await page.getByLabel(de.signup.password, { exact: true }).fill(password);
        await page.getByRole(...button(de.signup.create)).click();
        for (const sentence of sentences)
          await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
        await expectGerman(page, `refused ${password} ${javaScriptEnabled}`);
      }
    });
  });
}

test("the meter beside a new password", async ({ page }) => {
  await page.goto("/signup");
  const password = page.getByLabel(de.signup.password, { exact: true });
  await password.pressSequentially("laterne");
  await expect(page.getByText("Noch 1 Zeichen nötig")).toBeVisible();
  for (const [typed, words] of [
    ["copper door", de.newPassword.level2],
    ["12345678", de.newPassword.common],
    ["correct horse battery staple", de.newPassword.level4],
  ] as const) {
    await password.fill(typed);
    await expect(page.locator("[aria-live=polite]").getByText(words)).toBeVisible();
    await expectGerman(page, typed);
  }
  await page.getByRole("button", { name: `${de.signup.password} ${de.form.show.toLowerCase()}` }).click();
  await expect(page.getByRole("button", { name: "Passwort verbergen" })).toBeVisible();
});

test("the pages of an account", async ({ page, person, baseURL, userAgent }) => {
  await signUpAtApi(person);
  await holdSession(page.context(), person, { url: baseURL, userAgent });
  for (const path of ["/profile", "/security", "/signout"]) {
    await page.goto(path);
    await expectGerman(page, `unconfirmed ${path}`);
  }
  await page.goto("/profile");
  await page.getByRole(...button(de.unconfirmed.send)).click();
  await expect(page.getByText(de.unconfirmed.sent)).toBeVisible();
  await openLink(page, await mailTo(person.email, "verify_email", 2));
  await expectGerman(page, "verify-email, signed in");
  await page.getByRole(...button(de.verifyEmail.confirm)).click();
  await expect(page.getByRole("heading", { name: de.verifyEmail.confirmed })).toBeVisible();
  await expectGerman(page, "confirmed");

  await page.goto("/profile");
  await page.getByRole(...button(de.profile.saveName)).click();
  await expect(page.getByText(de.profile.nameSaved)).toBeVisible();
  await page.getByRole(...button(de.address.change)).click();
  await expect(page.getByText(de.address.missing)).toBeVisible();
  await expectGerman(page, "profile, used");

  for (let device = 0; device < 9; device += 1) await signInAtApi(person);
  await signInAtApi(person, "Mozilla/5.0 (iPhone) Version/18.5 Mobile/15E148 Safari/604.1");
  await page.goto("/security");
  await page.getByText("Alle 11 Geräte anzeigen").click();
  await page.getByRole(...button(de.changePassword.change)).click();
  await page.getByRole(...button(de.deletion.delete)).click();
  await expect(page.getByText("Geben Sie hier zur Bestätigung „mein Konto löschen“ ein.")).toBeVisible();
  await expectGerman(page, "security, refused");
  await page.getByRole(...button(de.devices.signOutAll)).click();
  await expect(page.getByText(de.devices.signedOutAll)).toBeVisible();
  await expectGerman(page, "security, alone");

  await page
    .locator("form")
    .filter({ hasText: de.deletion.delete })
    .getByLabel(de.deletion.password, { exact: true })
    .fill(person.password);
  await page.getByLabel("Zur Bestätigung „mein Konto löschen“ eingeben").fill("Mein Konto löschen");
  await page.getByRole(...button(de.deletion.delete)).click();
  await expect(page.getByText(de.home.farewell)).toBeVisible();
});

test("the pages that mails lead to", async ({ page, person, browser, baseURL, userAgent }) => {
  await signUpAtApi(person);
  await page.goto("/forgot-password");
  await page.getByLabel(de.form.email).fill(person.email);
  await page.getByRole(...button(de.forgotPassword.send)).click();
  await expect(page.getByRole("heading", { name: de.forgotPassword.sentTitle })).toBeVisible();
  await expectGerman(page, "forgot, sent");
  await openLink(page, await mailTo(person.email, "reset_password"));
  await expectGerman(page, "reset-password, with a link");
  await openLink(page, await mailTo(person.email, "verify_email"));
  await expectGerman(page, "verify-email, signed out");

  await proveAddress(person.email);
  await holdSession(page.context(), person, { url: baseURL, userAgent });
  await page.goto("/profile");
  const to = `new-${person.email}`;
  await page.getByLabel(de.address.newAddress).fill(to);
  await page.getByLabel(de.address.password, { exact: true }).fill(person.password);
  await page.getByRole(...button(de.address.change)).click();
  await expect(page.getByText(`Wir haben einen Link an ${to} gesendet.`)).toBeVisible();
  const confirmation = await mailTo(to, "confirm_email");
  const other = await browser.newPage({ ...GERMAN, baseURL });
  await openLink(other, confirmation);
  await expectGerman(other, "confirm-email, signed out");
  await openLink(page, confirmation);
  await expectGerman(page, "confirm-email");
  await page.getByRole(...button(de.confirmEmail.confirm)).click();
  await expect(page.getByRole("heading", { name: de.confirmEmail.changedTitle })).toBeVisible();
  await expectGerman(page, "address changed");

  await openLink(other, await mailTo(person.email, "email_changing"));
  await expectGerman(other, "undo-email");
  await other.getByLabel(de.undoEmail.formerAddress).fill(person.email);
  await other.getByRole(...button(de.undoEmail.undo)).click();
  await expect(other.getByText(de.undoEmail.doneLead)).toBeVisible();
  await expectGerman(other, "undone");
  await other.close();
});

const strict = test.extend({ baseURL: ({ strict }, use) => use(strict.url) });

strict("signing in by mail", async ({ page, person, browser, baseURL }) => {
  await signUpAtApi(person);
  await page.goto("/magic-link");
  await page.getByLabel(de.form.email).fill(person.email);
  await page.getByRole(...button(de.magicLink.send)).click();
  await page.getByLabel(de.magicLink.code).fill("AAAA-AAAA");
  await page.getByRole(...button(de.magicLink.signIn)).click();
  await expect(page.getByText(de.problems.code_invalid)).toBeVisible();
  await expectGerman(page, "magic-link, asked");
  const mail = await mailTo(person.email, "magic_link");
  await openLink(page, mail);
  await expectGerman(page, "magic-link, here");
  const other = await browser.newPage({ ...GERMAN, baseURL });
  await openLink(other, mail);
  await expectGerman(other, "magic-link, in another browser");
  await other.goto("/signin");
  await expectGerman(other, "signin, with all ways");
  await other.close();
});

onTheLine.describe("while the API is down", () => {
  onTheLine.use(GERMAN);

  onTheLine("pages and forms", async ({ page, context, line, person, baseURL }) => {
    await page.goto("/signup");
    await expect(page.getByText(de.problems.api_unreachable)).toBeVisible();
    await expectGerman(page, "signup, unavailable");
    await page.goto("/signin");
    await page.getByLabel(de.form.email).fill(person.email);
    await page.getByLabel(de.signin.password, { exact: true }).fill(person.password);
    await page.getByRole(...button(de.signin.signIn)).click();
    await expect(page.getByText(de.problems.api_unreachable)).toBeVisible();
    await expectGerman(page, "signin, unavailable");

    await line.restore();
    line.refuse("/auth/signin", "rate_limited", 90_000);
    await page.getByRole(...button(de.signin.signIn)).click();
    await expect(
      page.getByText(`Bitte warten Sie 2 Tage, und versuchen Sie es noch einmal. ${de.help.knownBrowser}`),
    ).toBeVisible();
    await expectGerman(page, "signin, limited");
    line.stopRefusing();

    await signUpAtApi(person);
    await holdSession(context, person, { url: baseURL, userAgent: undefined });
    await line.cut();
    for (const path of ["/profile", "/security", "/verify-email", "/confirm-email"]) {
      await page.goto(path);
      await expectGerman(page, `${path}, unavailable`);
    }
    await context.clearCookies({ name: "postern" });
    const answer = await page.goto("/profile");
    expect(answer?.status()).toBe(503);
    await expectGerman(page, "503");
  });
});

test("a web app on https that is opened over http", async ({ page }) => {
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl: "https://accounts.example" });
  await page.goto(`${web.url}/signin`);
  await expect(page.getByText("https://accounts.example")).toBeVisible();
  await expectGerman(page, "plain http");
  await web.stop();
});

test("a form of another address", async ({ page, baseURL }) => {
  const answer = await page.request.post("/signin", {
    headers: { origin: "https://evil.example", "accept-language": "de" },
    form: { email: "x" },
  });
  expect(answer.status()).toBe(403);
  await page.setContent(await answer.text());
  await expect(page.getByRole("heading", { name: de.refusedForm.title })).toBeVisible();
  await expect(page.getByRole("link", { name: `${baseURL} öffnen` })).toBeVisible();
  await expectGerman(page, "403");
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a form of a page from before an update", async ({ page }) => {
      await page.goto("/signup");
      await page.route("/signup", async (route, request) => {
        if (request.method() !== "POST") return route.continue();
        // The number of the action is the only thing that an update changes.
        const changed = (text: string) => text.replace(/[0-9a-f]{42}/g, "7f".repeat(21));
        const action = request.headers()["next-action"];
        const headers = { ...request.headers(), ...(action && { "next-action": changed(action) }) };
        const body = changed(request.postDataBuffer()?.toString("latin1") ?? "");
        await route.continue({ headers, postData: Buffer.from(body, "latin1") });
      });
      await page.getByRole(...button(de.signup.create)).click();
      await expect(page.getByRole("heading", { name: de.error.oldTitle })).toBeVisible();
      await expectGerman(page, `old ${javaScriptEnabled}`);
    });
  });
}
