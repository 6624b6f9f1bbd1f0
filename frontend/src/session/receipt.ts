/**
 * Says that the tokens of this request are so new that the browser does not have them yet. Were their use taken for
 * their receipt, an answer lost on its way to the browser would sign the person out.
 *
 * The mark travels as a request header from the proxy to the page. It names the token that it is about, so a visitor
 * cannot write it, and it stays good when Next asks itself for the page that an action redirects to.
 */

import "server-only";

import { createHash } from "node:crypto";
import type { Bearer } from "@/api/client";

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
