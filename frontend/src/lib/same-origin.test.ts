import { expect, it } from "vitest";
import { isFromHere } from "./same-origin";

function sent(headers: Record<string, string>): boolean {
  return isFromHere(new Headers({ host: "accounts.example.com", ...headers }));
}

it("a form of this site is from here, also behind a proxy that speaks for it", () => {
  expect(sent({ origin: "https://accounts.example.com" })).toBe(true);
  expect(sent({ origin: "https://id.example.com", "x-forwarded-host": "id.example.com" })).toBe(true);
  expect(sent({ origin: "http://localhost:3000", host: "localhost:3000" })).toBe(true);
});

it.each([
  ["id.example.com, web.internal", true],
  ["id.example.com,web.internal:3000", true],
  ["web.internal, id.example.com", false],
  ["", false],
])("behind proxies that tell of %j, a form of id.example.com is from here: %j", (hosts, expected) => {
  expect(sent({ origin: "https://id.example.com", "x-forwarded-host": hosts })).toBe(expected);
});

it("a proxy that names no host leaves the one that was asked for", () => {
  expect(sent({ origin: "https://accounts.example.com", "x-forwarded-host": "" })).toBe(true);
});

it.each([
  "https://evil.example",
  "https://accounts.example.com.evil.example",
  "https://accounts.example.com:8443",
  "null",
  "",
])("one of %j is not", (origin) => {
  expect(sent({ origin })).toBe(false);
});

it("one that does not say where it is from is not", () => {
  expect(sent({})).toBe(false);
});
