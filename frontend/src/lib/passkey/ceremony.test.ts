import { expect, it } from "vitest";
import { failureOf, hasAutofill, hasOwnAuthenticator, hasPasskeys } from "./ceremony";

const MINUTE = 60_000;

it.each([
  ["NotAllowedError", 1_000, "cancelled"],
  ["NotAllowedError", 5 * MINUTE, "expired"],
  ["AbortError", 1_000, "aborted"],
  ["InvalidStateError", 1_000, "known"],
  ["SecurityError", 1_000, "notHere"],
  ["NotSupportedError", 1_000, "unsupported"],
  ["ConstraintError", 1_000, "unsupported"],
  ["UnknownError", 1_000, "cancelled"],
])("%s after %i ms is %s", (name, took, failure) => {
  expect(failureOf(new DOMException("", name), took, 5 * MINUTE)).toBe(failure);
});

it("a browser without passkeys has none of their parts", async () => {
  expect([hasPasskeys(), await hasAutofill(), await hasOwnAuthenticator()]).toEqual([false, false, false]);
});
