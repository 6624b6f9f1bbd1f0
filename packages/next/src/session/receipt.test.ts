import { expect, it } from "vitest";
import { isReceiptPending, RECEIPT_PENDING, receiptMark } from "./receipt.ts";

it("a mark is valid only for the token for which it was made", () => {
  const headers = new Headers({ [RECEIPT_PENDING]: receiptMark("new") });
  expect(isReceiptPending(headers, "new")).toBe(true);
  expect(isReceiptPending(headers, "other")).toBe(false);
});

it.each(["", "pending", "1", "true", "new"])(
  "a mark that a visitor could write is not valid: %j",
  (value) => {
    expect(isReceiptPending(new Headers({ [RECEIPT_PENDING]: value }), "new")).toBe(false);
  },
);

it("without a mark no receipt is pending", () => {
  expect(isReceiptPending(new Headers(), "new")).toBe(false);
});
