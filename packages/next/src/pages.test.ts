import { expect, it } from "vitest";
import { isFile, isPage } from "./pages.ts";

it.each(["/signin", "/signout/confirm", "/reset-password", "/profile"])("%s is a page of Postern", (path) => {
  expect(isPage(path)).toBe(true);
});

it.each(["/", "/signins", "/signin-help", "/app/signin", "/Signin", "/profiles", "/_postern/a.js"])(
  "%s is a page of the app",
  (path) => {
    expect(isPage(path)).toBe(false);
  },
);

it("the files of Postern's web app are under one name", () => {
  expect(isFile("/_postern/_next/static/chunks/a.js")).toBe(true);
  expect(isFile("/_posterns/a.js")).toBe(false);
  expect(isFile("/brand/0123456789abcdef.svg")).toBe(true);
  expect(isFile("/brand/logo.svg")).toBe(false);
  expect(isFile("/_next/static/chunks/a.js")).toBe(false);
});
