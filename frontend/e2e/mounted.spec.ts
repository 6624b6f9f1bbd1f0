import { expect, signIn, signUp, test } from "./support/journey";

test("after signing in a page that this app does not have is loaded whole: another app may have it", async ({
  page,
  person,
}) => {
  await signUp(page, person);
  await expect(page).toHaveURL("/profile");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/signin?next=/orders");
  await page.evaluate(() => Reflect.set(window, "same", true));
  const loaded = page.waitForRequest((request) => request.isNavigationRequest());
  await signIn(page, person);
  expect(new URL((await loaded).url()).pathname).toBe("/orders");
  await expect(page).toHaveURL("/orders");
  expect(await page.evaluate(() => Reflect.has(window, "same"))).toBe(false);
});

test("after signing out a page of the same host is loaded, and never one of another", async ({
  signedIn: page,
  context,
  baseURL,
}) => {
  for (const [next, location] of [
    ["https://evil.example", "/signin?notice=signed-out"],
    ["//evil.example", "/signin?notice=signed-out"],
    ["/orders", "/orders"],
  ] as const) {
    const answer = await context.request.post("/signout", {
      form: { next },
      headers: { origin: baseURL ?? "" },
      maxRedirects: 0,
    });
    expect([answer.status(), answer.headers().location]).toEqual([303, location]);
  }
  await page.goto("/profile");
  await expect(page).toHaveURL(/^.*\/signin\?next=%2Fprofile/);
});
