/** The access token has not expired, but its key was withdrawn. The session behind it is still valid. */

import { sessionsOf } from "./support/database";
import {
  cookieValues,
  expect,
  greeting,
  holdCookies,
  signIn,
  test,
  unknownAccessToken,
} from "./support/journey";

test("a form that is sent then works, and the person stays signed in", async ({
  signedIn: page,
  context,
  person,
}) => {
  const renewed = { ...person, password: "another copper door" };
  await page.goto("/security");
  await page.getByLabel("Current password", { exact: true }).fill(person.password);
  await page.getByLabel("New password", { exact: true }).fill(renewed.password);
  await holdCookies(context, page.url(), { access: unknownAccessToken() });
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();

  await page.reload();
  await expect(page).toHaveURL("/security");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, renewed);
  await expect(greeting(page, person.name)).toBeVisible();
});

test("signing out then ends the session at the API", async ({ signedIn: page, context, person }) => {
  await holdCookies(context, page.url(), { access: unknownAccessToken() });
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/signin?notice=signed-out");
  expect(await cookieValues(context)).toEqual({});
  expect(await sessionsOf(person.email)).toMatchObject([{ ended_by: "sign_out" }]);
});
