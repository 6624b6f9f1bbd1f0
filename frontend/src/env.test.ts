import { describe, expect, it } from "vitest";
import { InvalidEnv, parseEnv } from "./env";

const PRODUCTION = {
  NODE_ENV: "production",
  API_URL: "http://api:8000/",
  WEB_URL: "https://accounts.example.com",
};

describe("the environment", () => {
  it("has defaults in development", () => {
    expect(parseEnv({ NODE_ENV: "development" })).toEqual({
      appName: "Postern",
      apiUrl: "http://localhost:8000",
      webUrl: "http://localhost:3000",
      https: false,
      development: true,
    });
  });

  it("has none in production, and says so for each setting", () => {
    expect(() => parseEnv({ NODE_ENV: "production" })).toThrow(InvalidEnv);
    expect(() => parseEnv({ NODE_ENV: "production" })).toThrow(/API_URL is not set[\s\S]*WEB_URL is not set/);
  });

  it("knows https by WEB_URL and drops a trailing slash", () => {
    expect(parseEnv(PRODUCTION)).toEqual({
      appName: "Postern",
      apiUrl: "http://api:8000",
      webUrl: "https://accounts.example.com",
      https: true,
      development: false,
    });
  });

  it.each([
    [undefined, "Postern"],
    ["", "Postern"],
    [" Lantern & Sons ", "Lantern & Sons"],
    ["Żółw 🐢", "Żółw 🐢"],
    ["🐢".repeat(50), "🐢".repeat(50)],
  ])("has a name for the app: %j", (written, appName) => {
    expect(parseEnv({ ...PRODUCTION, APP_NAME: written }).appName).toBe(appName);
  });

  it.each([
    " ",
    "x".repeat(51),
    "Lantern\nSons",
    "Lantern\u001b[31m",
    "Lantern\u202esnoS",
    "a\u00a0b",
    "\ud800",
  ])("refuses a name that the API refuses: %j", (written) => {
    expect(() => parseEnv({ ...PRODUCTION, APP_NAME: written })).toThrow(
      /APP_NAME must have 1 to 50 printable characters/,
    );
  });

  it("keeps a path of the API, but takes none of the web app", () => {
    expect(parseEnv({ ...PRODUCTION, API_URL: "https://example.com/api/" }).apiUrl).toBe(
      "https://example.com/api",
    );
    expect(() => parseEnv({ ...PRODUCTION, WEB_URL: "https://example.com/app" })).toThrow(/without a path/);
  });

  it.each([
    "localhost:8000",
    "api",
    "ftp://api",
    "postgres://api/db",
    "http://",
    "http://user:secret@api",
    "http://api?x",
  ])("refuses an API_URL such as %s", (url) => {
    expect(() => parseEnv({ ...PRODUCTION, API_URL: url })).toThrow(/API_URL/);
  });

  it.each(["http://user:hunter2@api", "postgresql://user:hunter2@db/app", "hunter2"])(
    "does not repeat a password: %#",
    (url) => {
      expect(() => parseEnv({ ...PRODUCTION, API_URL: url })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
      );
    },
  );
});
