import { describe, expect, it } from "vitest";
import {
  accessTokenIn,
  clearing,
  cookieNames,
  cookieOptions,
  deviceTokenIn,
  holding,
  keepingAddress,
  keepingAttempt,
  keepingLink,
  mailedTokenIn,
  refreshTokenIn,
  remembering,
} from "./cookies";

const TOKENS = {
  access_token: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_c",
  token_type: "bearer",
  expires_in: 900,
  refresh_token: "AQAAAAAAAAABAAYsVf5Cgmy_-8gAAAAAAAAAAQ",
} as const;

it("on https the cookies are bound to this host and to https", () => {
  expect(cookieNames(true)).toEqual({
    access: "__Host-postern",
    refresh: "__Host-postern-refresh",
    device: "__Host-postern-device",
    notice: "__Host-postern-notice",
    attempt: "__Host-postern-attempt",
    address: "__Host-postern-address",
  });
  expect(cookieOptions(true)).toEqual({ httpOnly: true, secure: true, sameSite: "lax", path: "/" });
});

it("on plain http they have neither prefix nor Secure, which a browser would refuse there", () => {
  expect(cookieNames(false)).toEqual({
    access: "postern",
    refresh: "postern-refresh",
    device: "postern-device",
    notice: "postern-notice",
    attempt: "postern-attempt",
    address: "postern-address",
  });
  expect(cookieOptions(false)).toMatchObject({ httpOnly: true, secure: false });
});

it("the access token's cookie expires with the token, the refresh token's stays until the API ends the session", () => {
  expect(holding(TOKENS, false)).toEqual([
    { name: "postern", value: TOKENS.access_token, maxAge: 900 },
    { name: "postern-refresh", value: TOKENS.refresh_token, maxAge: 34_560_000 },
  ]);
});

it("cookies to remove are emptied and expire at once", () => {
  expect(clearing(true, "refresh")).toEqual([{ name: "__Host-postern-refresh", value: "", maxAge: 0 }]);
});

const DEVICE = "v1.3q2+7w/8A==";

it("the device's cookie stays for as long as browsers keep a cookie", () => {
  expect(remembering(DEVICE, true)).toEqual([
    { name: "__Host-postern-device", value: DEVICE, maxAge: 34_560_000 },
  ]);
});

it("the device's cookie does not change if the API sends no device token", () => {
  expect(remembering(null, true)).toEqual([]);
});

describe("a device token", () => {
  it("is sent as it is", () => {
    expect(deviceTokenIn(DEVICE)).toBe(DEVICE);
    expect(deviceTokenIn("v1.".padEnd(300, "a"))).toHaveLength(300);
  });

  it.each([undefined, "", "☃", "a\nb", "a b", "é", "a\n", "\0", "a,b", "a".repeat(513)])(
    "is not sent if its form is wrong: %j",
    (value) => {
      expect(deviceTokenIn(value)).toBeUndefined();
    },
  );
});

describe("tokens", () => {
  it("are read from the cookies unchanged", () => {
    expect(accessTokenIn(TOKENS.access_token)).toBe(TOKENS.access_token);
    expect(refreshTokenIn(TOKENS.refresh_token)).toBe(TOKENS.refresh_token);
  });

  const NEITHER = [undefined, "", "☃", "a\nb", "a b", "é", "a;b", "a\n", "\0", "garbage", "a".repeat(4097)];

  it.each([
    ...NEITHER,
    ...["a.b.c", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"],
    ...["eyJh.eyJz.c.d", "eyJh.eyJz.", "eyJh.eyJz.c\n", "eyJh.eyJz.c=", `eyJh.eyJz.${"c".repeat(4087)}`],
  ])("a value of another form is no access token: %j", (value) => {
    expect(accessTokenIn(value)).toBeUndefined();
  });

  it.each([...NEITHER, TOKENS.access_token, `${TOKENS.refresh_token}=`, `${TOKENS.refresh_token}\n`])(
    "a value of another form is no refresh token: %j",
    (value) => {
      expect(refreshTokenIn(value)).toBeUndefined();
    },
  );
});

const MAILED = "q2Vx0bJm3fK9d1rY5sL8wTzN4uH7pCgE6aQoIvXkM1k";

it("the token of a link is kept for half an hour, in a cookie of its page", () => {
  expect(keepingLink("undo-email", MAILED, true)).toEqual({
    name: "__Host-postern-undo-email",
    value: MAILED,
    maxAge: 1_800,
  });
  expect(keepingLink("verify-email", MAILED, false).name).toBe("postern-verify-email");
});

it.each([null, "", "a b", "a;b", "<script>", "a".repeat(101)])(
  "what is no token of a link removes the one before: %j",
  (token) => {
    expect(keepingLink("undo-email", token, false)).toMatchObject({ value: "", maxAge: 0 });
    expect(mailedTokenIn(token ?? undefined)).toBeUndefined();
  },
);

it("an attempt and a typed address are kept as long, and an empty one is removed", () => {
  expect(keepingAttempt(MAILED, false)).toMatchObject({ value: MAILED, maxAge: 1_800 });
  expect(keepingAttempt("", false)).toMatchObject({ maxAge: 0 });
  expect(keepingAddress("ada@example.com", false)).toMatchObject({ value: "ada@example.com", maxAge: 1_800 });
  expect(keepingAddress("a".repeat(321), false)).toMatchObject({ value: "", maxAge: 0 });
});
