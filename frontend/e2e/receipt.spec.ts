import { expect, greeting, letAccessTokenExpire, signUp } from "./support/journey";
import { test } from "./support/line";

test("the API hears that a receipt is pending just where the browser has not got the tokens yet", async ({
  page,
  context,
  line,
  person,
}) => {
  await line.mend();
  const receipts = () =>
    new Set(
      line.heard
        .splice(0)
        .filter((h) => h.authorization)
        .map((h) => h["postern-receipt"]),
    );
  await context.setExtraHTTPHeaders({ "postern-receipt-pending": "pending", "postern-receipt": "pending" });
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  expect(receipts()).toEqual(new Set([undefined]));

  await letAccessTokenExpire(context);
  await page.goto("/security");
  expect(receipts()).toEqual(new Set(["pending"]));
  await page.reload();
  expect(receipts()).toEqual(new Set([undefined]));

  await letAccessTokenExpire(context);
  await page.getByLabel("Current password", { exact: true }).fill("not the right one");
  await page.getByLabel("New password", { exact: true }).fill("another copper door");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password", { exact: true })).toHaveAccessibleDescription(
    /isn't your password/,
  );
  expect(receipts().has("pending")).toBe(true);
});
