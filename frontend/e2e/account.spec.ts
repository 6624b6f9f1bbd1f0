import type { Page } from "@playwright/test";
import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import {
  expect,
  expectSignedOut,
  greeting,
  holdCookies,
  holdNotice,
  join,
  saveName,
  signIn,
  signUp,
  test,
  unknownAccessToken,
} from "./support/journey";

test("a person signs up, sees their profile, changes their name, signs out and signs in again", async ({
  page,
  person,
}) => {
  await page.goto("/");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page).toHaveURL("/signup");
  await signUp(page, person);

  await expect(page).toHaveURL("/profile");
  await expect(greeting(page, "Ada Lovelace")).toBeVisible();
  await expect(page.getByRole("definition").getByText(person.email)).toBeVisible();

  await saveName(page, "Countess Ada");
  await expect(page.getByRole("status").filter({ hasText: "Your name is saved." })).toBeVisible();
  await expect(greeting(page, "Countess Ada")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Countess Ada");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/signin?notice=signed-out");
  await expect(page.getByText("You are signed out.")).toBeVisible();

  await signIn(page, person);
  await expect(page).toHaveURL("/profile");
  await expect(greeting(page, "Countess Ada")).toBeVisible();
});

test("a name is optional, and can be removed", async ({ page, person }) => {
  await signUp(page, { ...person, name: "" });
  await expect(page.getByRole("heading", { name: "Hello", exact: true })).toBeVisible();

  await saveName(page, "Ada");
  await expect(greeting(page, "Ada")).toBeVisible();

  await saveName(page, "");
  await expect(page.getByRole("status").filter({ hasText: "Your name is removed." })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Hello", exact: true })).toBeVisible();
});

test("the profile separates the address from the words that say whether it is verified", async ({
  signedIn: page,
  person,
}) => {
  await expect(page.getByRole("definition").first()).toHaveText(`${person.email} verified`);
});

test("a wrong password and an unknown address are refused in the same words", async ({ page, person }) => {
  await signUpAtApi(person);
  await page.goto("/signin");

  for (const email of [person.email, `not-${person.email}`]) {
    await signIn(page, { email, password: "not the right one" });
    await expect(page.locator("form").getByRole("alert")).toHaveText(
      "That address and password don't belong together. Check both and try again.",
    );
    await expect(page.getByLabel("Email")).toHaveValue(email);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
    await page.reload();
  }
});

test("if an address is taken, the form says so beside the address", async ({ page, person }) => {
  await signUpAtApi(person);
  await signUp(page, { ...person, email: person.email.toUpperCase() });
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(/already an account with this address/);
  await expect(page.getByLabel("Email")).toBeFocused();

  await page.getByLabel("Email").fill(`not-${person.email}`);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/profile");
});

test("a refusal replaces a notice", async ({ page, person, baseURL }) => {
  await holdNotice(page.context(), baseURL, "signed-out");
  await page.goto("/signin?notice=signed-out");
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await expect(page.getByText("Sign in to your account.")).toBeHidden();
  await signIn(page, person);
  await expect(page.locator("form").getByRole("alert")).toBeVisible();
  await expect(page.getByText("You are signed out.")).toBeHidden();
  await expect(page.getByText("Sign in to your account.")).toBeVisible();
});

test("each refused field says why, the first one has the focus, and the page keeps what was typed", async ({
  page,
}) => {
  await page.goto("/signup");
  const [name, email, password] = [
    page.getByLabel("Name"),
    page.getByLabel("Email"),
    page.getByLabel("Password", { exact: true }),
  ];
  const submit = page.getByRole("button", { name: "Create account" });

  await submit.click();
  await expect(email).toHaveAccessibleDescription("Enter your email address.");
  await expect(password).toHaveAccessibleDescription(/^Choose a password\./);
  await expect(email).toBeFocused();

  await name.fill("Ada");
  await email.fill("not an address");
  await password.fill("short");
  await submit.click();
  await expect(email).toHaveAccessibleDescription(/@-sign/);
  await expect(password).toHaveAccessibleDescription(/Use at least 8 characters/);
  await expect(email).toBeFocused();
  await expect(name).toHaveValue("Ada");
  await expect(email).toHaveValue("not an address");
  await expect(password).toHaveValue("short");
  // Once: neither the hint nor the meter repeats the error.
  await expect(page.getByText(/characters/).filter({ visible: true })).toHaveCount(1);

  await password.press("End");
  await password.press("x");
  await expect(password).not.toHaveAttribute("aria-invalid");
  await expect(page.getByText("2 more characters needed")).toBeVisible();
  await expect(page.getByText(/characters/).filter({ visible: true })).toHaveCount(1);
  await expect(email).toHaveAccessibleDescription(/@-sign/);
  await email.fill("ada@example.com");
  await expect(email).not.toHaveAttribute("aria-invalid");
  await expect(page.locator("form").getByRole("alert")).toHaveCount(0);
});

test("an error moves neither a field nor a button", async ({ page }) => {
  for (const path of ["/signup", "/signin"]) {
    await page.goto(path);
    const before = await places(page);
    await page.locator("main form button[type=submit]").first().click();
    await expect(page.locator("form").getByRole("alert").first()).toBeVisible();
    expect(await places(page)).toEqual(before);
  }
  await page.goto("/signin");
  const before = await places(page);
  await signIn(page, { email: "ada@example.com", password: "not the right one" });
  await expect(page.locator("form").getByRole("alert")).toHaveText(/don't belong together/);
  await expect(page.locator("form").getByRole("alert")).toBeInViewport();
  expect(await places(page)).toEqual(before);
});

/** How far from the top of the page the fields and buttons are. */
function places(page: Page): Promise<number[]> {
  return page
    .locator("main input:not([type=hidden]), main button")
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().y + scrollY));
}

test("Enter in the password's field sends the form, and Tab leads from the address to the password", async ({
  page,
  person,
}) => {
  await signUpAtApi(person);
  await page.goto("/signin");
  await page.getByLabel("Email").focus();
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue(person.password);
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "password");
  await page.keyboard.press("Enter");
  await expect(greeting(page, person.name)).toBeVisible();
});

test("the page keeps a password that was typed before its scripts ran", async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.js", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto("/signup", { waitUntil: "commit" });
  await page.getByLabel("Password", { exact: true }).fill("copper");
  release();
  await expect(page.getByText("2 more characters needed")).toBeVisible();

  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("copper");
});

test("the longest name keeps the greeting short, and nothing is cut off on either side", async ({
  page,
  person,
}) => {
  await signUp(page, { ...person, name: "Wolfeschlegelsteinhausen".repeat(9).slice(0, 200) });
  await expect(page).toHaveURL("/profile");
  const heading = page.getByRole("heading", { level: 1 });
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect((await heading.boundingBox())?.height).toBeLessThan(120);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test("a name in a right-to-left script is shown and typed from right to left", async ({ page, person }) => {
  await signUp(page, { ...person, name: "(עדה) לאבלייס!" });
  await expect(greeting(page, "(עדה) לאבלייס!")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveCSS("direction", "ltr");
  await expect(page.locator("h1 bdi")).toHaveCSS("direction", "rtl");
  await expect(page.getByText("על", { exact: true })).toBeVisible(); // the initials, without the bracket
  await expect(page.getByLabel("Name")).toHaveCSS("direction", "rtl");
  await expect(page.locator("dd bdi", { hasText: person.email })).toHaveCSS("direction", "ltr");
});

test("a new password can be shown while it is typed", async ({ page }) => {
  await page.goto("/signup");
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("copper door lantern");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Hide password" }).click();
  await expect(password).toHaveAttribute("type", "password");
});

test("a guarded page leads to sign-in and back, also if the person signs up instead", async ({
  page,
  person,
}) => {
  await page.goto("/profile?from=mail");
  await expect(page).toHaveURL("/signin?next=%2Fprofile%3Ffrom%3Dmail");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page).toHaveURL("/signup?next=%2Fprofile%3Ffrom%3Dmail");
  await signUp(page, person, page.url());
  await expect(page).toHaveURL("/profile?from=mail");
});

test("sign-in never redirects to another site", async ({ signedIn: page }) => {
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil.example"]) {
    await page.goto(`/signin?next=${encodeURIComponent(next)}`);
    expect(new URL(page.url()).origin).toBe(process.env.E2E_WEB_URL);
  }
});

test("a session that the service no longer knows leads to sign-in, also when a form is sent", async ({
  signedIn: page,
  context,
  person,
}) => {
  await context.clearCookies();
  await holdCookies(context, page.url(), { access: unknownAccessToken() });

  await saveName(page, "Somebody else");
  await expectSignedOut(page, "/profile");
  await signIn(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
});

test("a link can say neither that an account is deleted nor that somebody is signed out", async ({
  page,
}) => {
  for (const path of [
    "/?notice=account-deleted",
    "/signin?notice=signed-out",
    "/signin?notice=account-created",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText(/deleted|You are signed out|is ready/)).toHaveCount(0);
  }
});

test("the address /signout shows a page with a button, and is no place to go to after signing in", async ({
  signedIn: page,
  person,
}) => {
  await page.goto("/signout");
  await expect(page.getByRole("heading", { name: "Sign out" })).toBeVisible();
  await expect(page.getByText("You are signed in on this browser.")).toBeVisible();
  await page.getByRole("link", { name: "Stay signed in" }).click();
  await expect(greeting(page, person.name)).toBeVisible();
  await page.goto("/signout");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await page.goto("/signout");
  await expect(page.getByText("You are not signed in.")).toBeVisible();

  await page.goto("/signin?next=/signout");
  await signIn(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
});

test("signing out in one tab signs out the others, and says what will be lost", async ({
  signedIn: page,
  context,
  person,
}) => {
  const [idle, busy] = [await context.newPage(), await context.newPage()];
  await idle.goto("/security");
  await busy.goto("/profile");
  await busy.getByLabel("Name").fill("Half a name");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();

  await expectSignedOut(idle, "/security");
  await expect(busy.getByText("You signed out in another tab")).toBeVisible();
  await expect(busy.getByLabel("Name")).toHaveValue("Half a name");
  expect(await findings(busy)).toEqual([]);
  await busy.getByRole("link", { name: "Sign in again" }).click();
  await signIn(busy, person);
  await expect(busy).toHaveURL("/profile");
  await idle.close();
  await busy.close();
});

test("Caps Lock is said beside the password", async ({ page }) => {
  await page.goto("/signin");
  const password = page.getByLabel("Password", { exact: true });
  await password.focus();
  const press = (on: boolean) =>
    password.evaluate(
      (input, modifierCapsLock) =>
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "A", bubbles: true, modifierCapsLock })),
      on,
    );
  await expect(async () => {
    await press(true);
    await expect(page.getByText("Caps Lock is on")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  expect(await findings(page)).toEqual([]);
  await press(false);
  await expect(page.getByText("Caps Lock is on")).toBeHidden();
});

test("password managers find where to change a password, and the account in each form with a password", async ({
  signedIn: page,
  person,
}) => {
  await page.goto("/.well-known/change-password");
  await expect(page).toHaveURL("/security#change-password");
  const forms = page.locator("main form").filter({ has: page.locator("[type=password]") });
  await expect(forms).toHaveCount(2);
  for (const form of await forms.all()) {
    await expect(form.locator("[autocomplete=username]")).toHaveValue(person.email);
  }
});

test("robots.txt, the manifest and its icons are there for everybody", async ({ request }) => {
  const robots = await request.get("/robots.txt");
  expect(await robots.text()).toContain("Disallow: /security");
  const manifest = await (await request.get("/manifest.webmanifest")).json();
  expect(manifest.name).toBe("Postern");
  for (const { src, type } of manifest.icons) {
    const icon = await request.get(src);
    expect(icon.status()).toBe(200);
    expect(icon.headers()["content-type"]).toContain(type);
  }
});

test.describe("in another time zone and language", () => {
  test.use({ timezoneId: "Asia/Tokyo", locale: "de-DE" });

  test("times are those of the visitor", async ({ signedIn: page }) => {
    const since = page.locator("dd time").first();
    const iso = (await since.getAttribute("datetime")) ?? "";
    const expected = new Intl.DateTimeFormat("de-DE", {
      dateStyle: "long",
      timeStyle: "short",
      timeZone: "Asia/Tokyo",
    });
    await expect(since).toHaveText(expected.format(new Date(iso)));
    await page.goto("/security");
    await expect(page.locator("main li time")).toHaveText(
      expected.format(new Date((await page.locator("main li time").getAttribute("datetime")) ?? "")),
    );
  });
});

test("a name that is markup or emoji gives initials that are neither markup nor half an emoji", async ({
  page,
  person,
}) => {
  await signUp(page, { ...person, name: "<b>Ada</b> 👩‍👩‍👧‍👦" });
  await expect(page.getByText("B👩‍👩‍👧‍👦", { exact: true })).toBeVisible();
});

test("what is optional is part of the field's name", async ({ page }) => {
  await page.goto("/signup");
  await expect(page.getByLabel("Name")).toHaveAccessibleName("Name (optional)");
});

test("a page from before an update shows an error page, and works after it is loaded again", async ({
  page,
  person,
}) => {
  await page.goto("/signup");
  await page.route("/signup", (route, request) => {
    const headers = { ...request.headers(), "next-action": "7f".repeat(21) };
    return request.method() === "POST" ? route.continue({ headers }) : route.continue();
  });
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: "Create account" }).click();
  await answered;
  await page.unroute("/signup");
  await expect(page.getByRole("heading", { name: "This page is old" })).toBeVisible();
  await page.getByRole("button", { name: "Load the page again" }).click();
  await expect(page.getByLabel("Email")).toBeVisible();
  await join(page, person);
});

test("text typed while a form is being sent stays, and a wrong password is removed", async ({
  page,
  person,
}) => {
  const password = page.getByLabel("Password", { exact: true });
  const refused = page.locator("form").getByRole("alert");
  let pass = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  await page.goto("/signin");
  await page.route("**/signin", async (route) => {
    if (route.request().method() === "POST") await passed;
    await route.continue();
  });
  await signIn(page, person);
  await expect(page.getByRole("button", { name: "Signing in…" })).toBeVisible();
  await password.fill("another copper door");
  pass();
  await expect(refused).toBeVisible();
  await expect(password).toHaveValue("another copper door");

  await page.unrouteAll({ behavior: "wait" });
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(password).toHaveValue("");
  await expect(refused).toBeVisible();
});
