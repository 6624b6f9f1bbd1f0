import { expect, it } from "vitest";
import { isReceiptPending, RECEIPT_PENDING, receiptMark } from "./receipt";

it("the mark is good for the token that it was made for, and for no other", () => {
  const headers = new Headers({ [RECEIPT_PENDING]: receiptMark("new") });
  expect(isReceiptPending(headers, "new")).toBe(true);
  expect(isReceiptPending(headers, "other")).toBe(false);
});

it.each(["", "pending", "1", "true", "new"])("what a visitor may write is no mark: %j", (value) => {
  expect(isReceiptPending(new Headers({ [RECEIPT_PENDING]: value }), "new")).toBe(false);
});

it("without a mark the receipt is not in question", () => {
  expect(isReceiptPending(new Headers(), "new")).toBe(false);
});
