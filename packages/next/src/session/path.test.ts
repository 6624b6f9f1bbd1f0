import { describe, expect, it } from "vitest";
import { HOME, nextPath, signinPath, withNext } from "./path.ts";

describe("where to go after signing in", () => {
  it.each([
    "/profile",
    "/profile?from=mail&x=1",
    "/profile#name",
    "/security/sessions",
    "/signing-keys",
    "/a//b",
    "/caf%C3%A9",
    "/search?next=//evil.example",
    "/%2F%2Fevil.example",
  ])("is the path itself: %j", (path) => {
    expect(nextPath(path)).toBe(path);
  });

  it.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    " //evil.example",
    "/.//evil.example",
    "/./\\evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    "/a/%2E%2e//evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example",
    "http://here.invalid/profile",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,hello",
    "mailto:a@example.com",
    "profile",
    "?next=/profile",
    "#profile",
    "@evil.example",
    "/\u0000/evil.example",
    "/\u0085/evil.example",
    "%2F%2Fevil.example",
    "",
    " ",
  ])("is the profile instead of another origin: %j", (value) => {
    expect(nextPath(value)).toBe(HOME);
  });

  it.each([undefined, null, 7, ["/profile", "/profile"], { pathname: "/profile" }])(
    "is the profile if the value is not text: %j",
    (value) => {
      expect(nextPath(value)).toBe(HOME);
    },
  );

  it.each([
    "/signin",
    "/signup",
    "/signin?next=/profile",
    "/signin/",
    "/a/../signup",
    "/signout",
    "/signout/confirm",
    "/magic-link",
  ])("is never a form to sign in, up or out: %j", (path) => {
    expect(nextPath(path)).toBe(HOME);
  });

  it("never leads to another origin when a browser's URL parser reads it", () => {
    const pieces = [
      "/",
      "\\",
      "\t",
      "\n",
      ".",
      "..",
      "%2e",
      "%2f",
      "%5c",
      "evil.example",
      "@",
      ":",
      "?",
      "#",
      " ",
    ];
    for (const a of pieces)
      for (const b of pieces)
        for (const c of pieces)
          for (const d of pieces) {
            const path = nextPath(`/${a}${b}${c}${d}`);
            expect(new URL(path, "https://postern.example").origin).toBe("https://postern.example");
          }
  });
});

it("a guard redirects to sign-in with the page to return to", () => {
  expect(signinPath("/profile?a=1&b=2")).toBe("/signin?next=%2Fprofile%3Fa%3D1%26b%3D2");
});

it("a link between the forms keeps the page to return to, unless it is the profile", () => {
  expect(withNext("/signup", "/security")).toBe("/signup?next=%2Fsecurity");
  expect(withNext("/signin", HOME)).toBe("/signin");
});
