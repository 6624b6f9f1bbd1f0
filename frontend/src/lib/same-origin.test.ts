import { expect, it } from "vitest";
import { foreignForm, isFromHere } from "./same-origin";

const WEB_URL = "https://accounts.example.com";

function sent(headers: Record<string, string>): boolean {
  return isFromHere(new Headers({ host: "accounts.example.com", ...headers }), WEB_URL);
}

it("a form of this site is accepted, also if a proxy changes Host", () => {
  expect(sent({ origin: WEB_URL })).toBe(true);
  expect(sent({ origin: WEB_URL, host: "accounts.example.com:8443" })).toBe(true);
  expect(sent({ origin: WEB_URL, host: "web.internal", "x-forwarded-host": "web.internal" })).toBe(true);
});

it.each([
  "https://evil.example",
  "http://accounts.example.com",
  "https://accounts.example.com.evil.example",
  "https://accounts.example.com:8443",
  "null",
  "",
])("a form of the origin %j is not accepted, also if the headers of proxies name it", (origin) => {
  expect(sent({ origin })).toBe(false);
  const host = origin.replace(/^https?:\/\//, "");
  expect(sent({ origin, host, "x-forwarded-host": host })).toBe(false);
});

it("a form without an origin is not accepted", () => {
  expect(sent({})).toBe(false);
});

it("the log names a form without an origin, and what may have removed it", () => {
  const line = foreignForm(new Headers({ host: "accounts.example.com" }), WEB_URL);
  expect(line).toContain('it has no Origin, but WEB_URL is "https://accounts.example.com"');
  expect(line).toContain("a proxy must not remove it");
});

it("the log shows what was compared, in one line", () => {
  const headers = {
    get: (name: string) => (name === "origin" ? `https://evil.example/\n${"x".repeat(300)}` : null),
  };
  const line = foreignForm(headers, WEB_URL);
  expect(line).toContain('its Origin is "https://evil.example/\\nxxx');
  expect(line).toContain('WEB_URL is "https://accounts.example.com" (Host: null)');
  expect(line).not.toContain("\n");
  expect(line.length).toBeLessThan(500);
});
