import { expect, it } from "vitest";
import { matcherOf } from "./patterns.ts";

it.each([
  ["/", ["/"], ["/app"]],
  ["/app", ["/app", "/app/"], ["/application", "/app/orders", "/"]],
  ["/app/:id", ["/app/7", "/app/7/"], ["/app", "/app/7/items"]],
  ["/app/:id?", ["/app", "/app/7"], ["/app/7/items", "/apple"]],
  ["/app/:path*", ["/app", "/app/7", "/app/7/items"], ["/apple", "/"]],
  ["/app/:path+", ["/app/7", "/app/7/items"], ["/app"]],
  ["/a.b/:id", ["/a.b/1"], ["/axb/1"]],
])("%s is as in a matcher of Next", (pattern, matching, others) => {
  const matches = matcherOf([pattern]);
  expect(matching.filter((path) => !matches(path))).toEqual([]);
  expect(others.filter(matches)).toEqual([]);
});

it("nothing is protected without a pattern", () => {
  expect(matcherOf([])("/app")).toBe(false);
});

it.each(["app", "", "/app/(.*)", "/app/*", "/app//x", "/:path(\\d+)"])(
  "a pattern that would protect something else is refused at once: %j",
  (pattern) => {
    expect(() => matcherOf([pattern])).toThrow(/is not a path to protect/);
  },
);

it("another spelling of the same path is protected too", () => {
  const matches = matcherOf(["/app/:path*"]);
  expect(["/%61pp", "/a%70p/orders", "/app/%zz"].filter((path) => !matches(path))).toEqual([]);
});
