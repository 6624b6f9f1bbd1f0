import { findings } from "./support/axe";
import { letProofAge } from "./support/database";
import { cookieValues, expect, letAccessTokenExpire, test } from "./support/journey";

const PATH = "/reauthenticate?next=%2Fsecurity";

function provenAt(token = ""): number {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).auth_time;
}

test("the password is asked for again, and the new token says when it was proven", async ({
  signedIn: page,
  context,
  person,
}) => {
  await letProofAge(person.email);
  await letAccessTokenExpire(context);
  await page.goto(PATH);
  expect(await findings(page)).toEqual([]);
  const before = provenAt((await cookieValues(context)).postern);

  await page.getByLabel("Password", { exact: true }).fill("not my password");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("That isn't your password.")).toBeVisible();
  expect(provenAt((await cookieValues(context)).postern)).toBe(before);

  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL("/security");
  expect(provenAt((await cookieValues(context)).postern)).toBeGreaterThan(before + 3000);
});

test("somebody who is not signed in signs in first", async ({ page }) => {
  await page.goto(PATH);
  await expect(page).toHaveURL(`/signin?next=${encodeURIComponent(PATH)}`);
});

test("it leads to no other site", async ({ signedIn: page, person }) => {
  await page.goto("/reauthenticate?next=https://evil.example");
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL("/profile");
});
