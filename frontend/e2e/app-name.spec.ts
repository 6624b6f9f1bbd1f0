import { arrive, expect, test } from "./support/journey";
import { type Running, startWeb } from "./support/processes";

/** A name of the greatest length. */
const NAME = "Northernlights & Sons Lanterns Doors and Keys Ltd.";

/** The height of a button with one line of text. */
const LINE = 44;

let web: Running;

test.beforeAll(async () => {
  web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", appName: NAME });
});
test.afterAll(() => web.stop());

test("people see the name of the app in titles and at the top of each page", async ({
  page,
  person,
  userAgent,
}) => {
  for (const [path, title] of [
    ["/", NAME],
    ["/nowhere", `Page not found · ${NAME}`],
    ["/signout", `Sign out · ${NAME}`],
    ["/signin", `Sign in · ${NAME}`],
    ["/signup", `Create an account · ${NAME}`],
  ] as const) {
    await page.goto(web.url + path);
    await expect(page).toHaveTitle(title);
    await expect(page.getByRole("link", { name: NAME })).toBeVisible();
  }

  await arrive(page, person, { url: web.url, userAgent });
  await expect(page).toHaveTitle(`Profile · ${NAME}`);
  await expect(page.locator("html")).not.toContainText("Postern");
});

test("the meter says that a password contains little but the name of the app", async ({ page }) => {
  await page.goto(`${web.url}/signup`);
  await page.getByLabel("Password", { exact: true }).fill("NorthernlightsSons");
  await expect(page.locator("form [aria-live=polite]")).toHaveText(
    "This is your address, your name or the name of this service. Use a few unrelated words.",
  );
});

test.describe("on the smallest screen", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("the longest name is cut off at the edge of the page", async ({ page }) => {
    for (const path of ["/signup", "/nowhere"]) {
      await page.goto(web.url + path);
      await expect(page.getByRole("link", { name: NAME })).toBeInViewport({ ratio: 1 });
    }
  });

  test("the longest name leaves room for the buttons beside it", async ({ page, person, userAgent }) => {
    await page.goto(web.url);
    const signIn = page.getByRole("link", { name: "Sign in", exact: true }).first();
    await expect(signIn).toBeInViewport({ ratio: 1 });
    expect((await signIn.boundingBox())?.height).toBe(LINE);
    await arrive(page, person, { url: web.url, userAgent });
    const signOut = page.getByRole("button", { name: "Sign out" });
    await expect(signOut).toBeInViewport({ ratio: 1 });
    expect((await signOut.boundingBox())?.height).toBe(LINE);
  });
});
