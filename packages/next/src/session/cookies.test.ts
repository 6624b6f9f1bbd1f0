import { describe, expect, it } from "vitest";
import {
  accessTokenIn,
  clearing,
  cookieOptions,
  holding,
  refreshTokenIn,
  sessionCookieNames,
} from "./cookies.ts";

const TOKENS = {
  access_token: "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_c",
  token_type: "bearer",
  expires_in: 900,
  refresh_token: "AQAAAAAAAAABAAYsVf5Cgmy_-8gAAAAAAAAAAQ",
} as const;

it("on https the cookies are bound to this host and to https", () => {
  expect(sessionCookieNames(true)).toEqual({ access: "__Host-postern", refresh: "__Host-postern-refresh" });
  expect(cookieOptions(true)).toEqual({ httpOnly: true, secure: true, sameSite: "lax", path: "/" });
});

it("on plain http they have neither prefix nor Secure, which a browser would refuse there", () => {
  expect(sessionCookieNames(false)).toEqual({ access: "postern", refresh: "postern-refresh" });
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
