import { signInAtApi, signUpAtApi } from "./support/api";
import { expect, test } from "./support/journey";

test("the API's own pages load nothing from elsewhere, and their Authorize button works", async ({
  page,
  person,
}) => {
  const api = process.env.E2E_API_URL ?? "";
  await signUpAtApi(person);
  const { access_token: token } = await signInAtApi(person);

  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(api) && !request.url().startsWith("data:")) {
      elsewhere.push(request.url());
    }
  });
  await page.goto(`${api}/docs`);
  await page.getByRole("button", { name: "Authorize" }).first().click();
  await page.getByLabel("auth-bearer-value").fill(token);
  await page.getByRole("button", { name: "Apply credentials" }).click();
  await page.getByRole("button", { name: "Close" }).first().click();

  await page.locator("#operations-Profile-read_profile").click();
  await page.getByRole("button", { name: "Try it out" }).click();
  await page.getByRole("button", { name: "Execute" }).click();
  await expect(page.locator(".live-responses-table")).toContainText(`"email": "${person.email}"`);
  expect(elsewhere).toEqual([]);
});
