import { expect, it } from "vitest";
import { sessionCookie, tokenIn } from "./cookie";

it("on https the cookie is bound to this host and to https", () => {
  expect(sessionCookie(true, 900)).toEqual({
    name: "__Host-postern",
    httpOnly: true,
    secure: true,
    sameSite: "lax",
    path: "/",
    maxAge: 900,
  });
});

it("on plain http a browser would refuse both, so the cookie goes without", () => {
  expect(sessionCookie(false, 900)).toMatchObject({ name: "postern", httpOnly: true, secure: false });
});

it("a token is taken from the cookie as it is", () => {
  expect(tokenIn("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_c")).toBe(
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.a-b_c",
  );
});

it.each([
  ...[undefined, "", "☃", "a\nb", "a b", "é", "a;b", "a\n", "\0"],
  ...["garbage", "a.b.c", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"],
  ...["eyJh.eyJz.c.d", "eyJh.eyJz.", "eyJh.eyJz.c\n", "eyJh.eyJz.c=", `eyJh.eyJz.${"c".repeat(4087)}`],
])("what cannot be a token is none: %j", (value) => {
  expect(tokenIn(value)).toBeUndefined();
});
