import { expect, it } from "vitest";
import { waysOf } from "./second-ways";

const HERE = "/signin/code?next=%2F";
const ALL = { passkey: true, app: true, "recovery-code": true };

it("the passkey comes first, and the others are a link away", () => {
  expect(waysOf(HERE, ALL, undefined)).toEqual({
    shown: "passkey",
    others: [
      { way: "app", href: `${HERE}&with=app` },
      { way: "recovery-code", href: `${HERE}&with=recovery-code` },
    ],
  });
});

it("the way back to the first one needs no choice", () => {
  expect(waysOf(HERE, { ...ALL, passkey: false }, "recovery-code")).toEqual({
    shown: "recovery-code",
    others: [{ way: "app", href: HERE }],
  });
});

it("a way that the account does not have is not shown", () => {
  expect(waysOf(HERE, { ...ALL, app: false }, "app").shown).toBe("passkey");
  expect(waysOf(HERE, { passkey: false, app: false, "recovery-code": false }, "app")).toEqual({
    shown: undefined,
    others: [],
  });
});
