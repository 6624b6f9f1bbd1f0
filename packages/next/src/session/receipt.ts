/**
 * Marks a request whose tokens are so new that the browser does not have them yet. If the API took their use as proof
 * that the browser has received them, a lost answer would sign the person out.
 *
 * The proxy sends the mark to the page in a request header. The mark is a hash of the token, so a visitor cannot
 * write it. It stays valid when Next requests from itself the page to which an action redirects.
 */

import "server-only";

import { createHash } from "node:crypto";
import type { Bearer } from "./api.ts";

export const RECEIPT_PENDING = "postern-receipt-pending";

export function receiptMark(accessToken: string): string {
  return createHash("sha256").update(accessToken).digest("base64url");
}

export function isReceiptPending(headers: Pick<Headers, "get">, accessToken: string): boolean {
  return headers.get(RECEIPT_PENDING) === receiptMark(accessToken);
}

export function bearerOf(accessToken: string, visitor: Pick<Headers, "get">): Bearer {
  return { accessToken, receiptPending: isReceiptPending(visitor, accessToken) };
}
