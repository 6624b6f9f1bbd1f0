import { expect, greeting, holdNotice, saveName, signIn, signUp, test } from "./support/journey";

test.use({ javaScriptEnabled: false });

test("without JavaScript a person signs up, changes their name, signs out and signs in again", async ({
  page,
  person,
}) => {
  await signUp(page, person);
  await expect(page).toHaveURL("/profile");
  await expect(greeting(page, "Ada Lovelace")).toBeVisible();

  await saveName(page, "Countess Ada");
  await expect(page.getByRole("status").filter({ hasText: "Your name is saved." })).toBeVisible();
  await expect(greeting(page, "Countess Ada")).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await page.goto("/profile");
  await expect(page).toHaveURL("/signin?next=%2Fprofile");
  await signIn(page, person);
  await expect(page).toHaveURL("/profile");
});

test("without JavaScript a refusal replaces a notice", async ({ page, baseURL }) => {
  await holdNotice(page.context(), baseURL, "signed-out");
  await page.goto("/signin?notice=signed-out");
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("You are signed out.")).toBeHidden();
  await expect(page.getByText("Sign in to your account.")).toBeVisible();
});

test("without JavaScript a refusal is shown beside its cause, and what was typed is kept", async ({
  page,
}) => {
  await page.goto("/signup?next=/profile");
  await page.getByLabel("Email").fill("not an address");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(/@-sign/);
  await expect(page.getByLabel("Email")).toHaveValue("not an address");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/at least 8/);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
});

test("without JavaScript the pages show no control that needs it", async ({ page }) => {
  await page.goto("/signup");
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(1);
});

test("without JavaScript a form from before an update leads to a page that says so, and loads it again", async ({
  page,
  person,
}) => {
  await page.goto("/signup");
  await page.route("/signup", async (route, request) => {
    if (request.method() !== "POST") return route.continue();
    // The number of the action is the only thing that an update changes.
    const postData = request
      .postDataBuffer()
      ?.toString("latin1")
      .replace(/[0-9a-f]{42}/g, "7f".repeat(21));
    await route.continue({ postData: Buffer.from(postData ?? "", "latin1") });
  });
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "This page is old" })).toBeVisible();
  await expect(page).toHaveTitle("This page is old · Postern");
  await page.unroute("/signup");
  await page.getByRole("link", { name: "Load the page again" }).click();
  await signUp(page, person);
  await expect(page).toHaveURL("/profile");
});

test("without JavaScript times are in UTC", async ({ signedIn: page }) => {
  await expect(page.locator("dd time").first()).toHaveText(/ UTC$/);
});
