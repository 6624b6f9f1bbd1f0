import { changePassword, expect, letAccessTokenExpire } from "./support/journey";
import { test } from "./support/line";

/** Marks that a visitor could write. They must be ignored. */
test.use({ extraHTTPHeaders: { "postern-receipt-pending": "pending", "postern-receipt": "pending" } });

test("the API hears that a receipt is pending only if the browser does not have the tokens yet", async ({
  signedIn: page,
  context,
  line,
}) => {
  const receipts = () =>
    new Set(
      line.heard
        .splice(0)
        .filter((h) => h.authorization)
        .map((h) => h["postern-receipt"]),
    );
  expect(receipts()).toEqual(new Set([undefined]));

  await letAccessTokenExpire(context);
  await page.goto("/security");
  expect(receipts()).toEqual(new Set(["pending"]));
  await page.reload();
  expect(receipts()).toEqual(new Set([undefined]));

  await letAccessTokenExpire(context);
  await changePassword(page, "not the right one", "another copper door");
  await expect(page.getByLabel("Current password", { exact: true })).toHaveAccessibleDescription(
    /isn't your password/,
  );
  expect(receipts().has("pending")).toBe(true);
});
