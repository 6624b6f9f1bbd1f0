import type { Page } from "@playwright/test";
import { expect, join, type Person, test } from "./support/journey";

/** Neither the page nor its HTML shows anything of the person's account. */
async function expectNothingPrivate(page: Page, { name, email }: Person): Promise<void> {
  await expect(page).toHaveURL(/\/signin/);
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  const document = await page.content();
  expect(document).not.toContain(email);
  expect(document).not.toContain(name);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts";

  test(`after signing out the back button shows nothing private, ${how}`, async ({
    everyday,
    baseURL,
    person,
  }) => {
    const context = await everyday.newContext({ baseURL, javaScriptEnabled });
    const page = await context.newPage();
    await join(page, person);
    const visited = await page.goto("/security");
    expect(visited?.headers()["cache-control"]).toContain("no-store");
    await page.goto("/profile");
    await expect(page.getByRole("definition").getByText(person.email)).toBeVisible();

    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("You are signed out.")).toBeVisible();
    await expectNothingPrivate(page, person);
    for (const next of ["%2Fprofile", "%2Fsecurity", "%2Fprofile"]) {
      await page.goBack({ waitUntil: "commit" });
      await expect(page).toHaveURL(`/signin?next=${next}`);
      await expectNothingPrivate(page, person);
    }
    await page.goForward({ waitUntil: "commit" });
    await expectNothingPrivate(page, person);
    await context.close();
  });

  test(`after signing out the back button of another tab shows nothing private, ${how}`, async ({
    everyday,
    baseURL,
    person,
  }) => {
    const context = await everyday.newContext({ baseURL, javaScriptEnabled });
    const page = await context.newPage();
    await join(page, person);
    await page.goto("/profile");
    await page.goto("/");

    const another = await context.newPage();
    await another.goto("/profile");
    await another.getByRole("button", { name: "Sign out" }).click();
    await expect(another.getByText("You are signed out.")).toBeVisible();

    await page.goBack({ waitUntil: "commit" });
    await expectNothingPrivate(page, person);
    await context.close();
  });
}
