import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseEnv } from "@/env";

const PRODUCTION = {
  NODE_ENV: "production",
  API_URL: "https://api.example.com",
  WEB_URL: "https://accounts.example.com",
};

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "look-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}

function lookOf(settings: Record<string, string>) {
  return parseEnv({ ...PRODUCTION, ...settings }).look;
}

it("is Postern's own without settings", () => {
  expect(lookOf({})).toEqual({ theme: "arch", links: {} });
  expect(lookOf({ BRAND_COLOR: " ", LOGO: "", THEME: "" })).toEqual({ theme: "arch", links: {} });
});

it("has what the settings say", () => {
  const look = lookOf({
    BRAND_COLOR: " #0B5FFF ",
    THEME: "plain",
    TERMS_URL: "https://example.com/terms?lang=en#top",
    PRIVACY_URL: "https://example.com/privacy",
    SUPPORT_URL: "mailto:help@example.com",
    HOME_URL: "https://example.com",
  });
  expect(look).toMatchObject({
    theme: "plain",
    brandColor: "#0b5fff",
    homeUrl: "https://example.com/",
    links: {
      terms: "https://example.com/terms?lang=en#top",
      privacy: "https://example.com/privacy",
      support: "mailto:help@example.com",
    },
  });
  expect(look.brandSheet).toContain("--color-door:#065cfb");
});

it.each([
  ["BRAND_COLOR", "blue"],
  ["BRAND_COLOR", "#fff"],
  ["BRAND_COLOR", "#0b5fff;}"],
  ["THEME", "Arch"],
  ["TERMS_URL", "http://example.com/terms"],
  ["TERMS_URL", "mailto:help@example.com"],
  ["PRIVACY_URL", "javascript:alert(1)"],
  ["PRIVACY_URL", "/privacy"],
  ["SUPPORT_URL", "tel:112"],
  ["SUPPORT_URL", "https://ada:hunter2@example.com"],
  ["HOME_URL", "https://accounts.example.com"],
  ["HOME_URL", "ftp://example.com"],
  ["LOGO", "logo.svg"],
  ["LOGO", "/there/is/none.svg"],
  ["LOGO_DARK", "logo.svg"],
])("refuses %s=%s with a sentence that does not repeat it", (name, value) => {
  expect(() => lookOf({ [name]: value })).toThrow(new RegExp(`${name}\\b`));
  expect(() => lookOf({ [name]: value })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
  );
});

it("accepts http in development only", () => {
  const settings = { TERMS_URL: "http://localhost:4000/terms" };
  expect(parseEnv({ NODE_ENV: "development", ...settings }).look.links.terms).toBe(settings.TERMS_URL);
  expect(() => lookOf(settings)).toThrow(/TERMS_URL must be an address such as https:/);
});

it.each([
  ["plain", SVG, "image/svg+xml"],
  [
    "with what XML allows before it",
    `\ufeff<?xml version="1.0"?>\n<!-- > -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [ <!ENTITY ns "x"> ]>\n${SVG}`,
    "image/svg+xml",
  ],
  ["png", PNG, "image/png"],
])("a logo has its type by its content: %s", (_, content, type) => {
  const { logo } = lookOf({ LOGO: file("logo.jpg", content) });
  expect(logo).toMatchObject({ type, bytes: Buffer.from(content) });
  expect(logo?.path).toMatch(/^\/brand\/[0-9a-f]{16}\.(svg|png)$/);
});

it.each([
  ["text", "Lantern & Sons", /must be an SVG or a PNG/],
  ["a page", "<!doctype html><html><svg></svg></html>", /must be an SVG or a PNG/],
  ["a jpeg", Buffer.from("ffd8ffe000104a464946", "hex"), /must be an SVG or a PNG/],
  ["nothing", "", /must be an SVG or a PNG/],
  ["an SVG for HTML", '<svg viewBox="0 0 1 1"></svg>', /needs xmlns/],
  ["too large", SVG + " ".repeat(256 * 1024), /at most 256 kB/],
])("a logo is refused if it is %s", (_, content, sentence) => {
  expect(() => lookOf({ LOGO: file("logo.svg", content) })).toThrow(sentence);
});

it("a logo for the dark scheme needs one for the light scheme", () => {
  const dark = file("dark.svg", SVG);
  expect(() => lookOf({ LOGO_DARK: dark })).toThrow(/LOGO_DARK needs LOGO/);
  expect(lookOf({ LOGO: dark, LOGO_DARK: dark }).logoDark?.path).toMatch(/^\/brand\//);
});
