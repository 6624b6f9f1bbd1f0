import { describe, expect, it } from "vitest";
import { InvalidEnv, parseEnv } from "./env";

const PRODUCTION = {
  NODE_ENV: "production",
  API_URL: "http://api:8000/",
  WEB_URL: "https://accounts.example.com",
};

describe("the environment", () => {
  it("has defaults in development", () => {
    expect(parseEnv({ NODE_ENV: "development" })).toMatchObject({
      appName: "Postern",
      apiUrl: "http://localhost:8000",
      webUrl: "http://localhost:3000",
      https: false,
      development: true,
      clientAddressHeader: "x-forwarded-for",
    });
  });

  it("refuses an unknown header and invalid networks", () => {
    expect(() => parseEnv({ ...PRODUCTION, CLIENT_ADDRESS_HEADER: "X-Tulip" })).toThrow(
      /CLIENT_ADDRESS_HEADER must be one of these/,
    );
    for (const networks of ["tulip", "10.0.0.0/33", "10.0.0.0/x", "::/129"]) {
      expect(() => parseEnv({ ...PRODUCTION, TRUSTED_PROXIES: networks })).toThrow(/TRUSTED_PROXIES must be/);
    }
  });

  it("has no defaults in production, and names each missing setting", () => {
    expect(() => parseEnv({ NODE_ENV: "production" })).toThrow(InvalidEnv);
    expect(() => parseEnv({ NODE_ENV: "production" })).toThrow(/API_URL is not set[\s\S]*WEB_URL is not set/);
  });

  it("recognises https by WEB_URL and drops a trailing slash", () => {
    expect(parseEnv(PRODUCTION)).toMatchObject({
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

  it("accepts a path in API_URL, but not in WEB_URL", () => {
    expect(parseEnv({ ...PRODUCTION, API_URL: "https://example.com/api/" }).apiUrl).toBe(
      "https://example.com/api",
    );
    expect(() => parseEnv({ ...PRODUCTION, WEB_URL: "https://example.com/app" })).toThrow(/without a path/);
  });

  it.each(["http://api.example.com", "http://10.0.0.5:8000", "http://[2001:db8::1]", "http://8.8.8.8"])(
    "refuses to send passwords in clear text to %s",
    (url) => {
      expect(() => parseEnv({ ...PRODUCTION, API_URL: url })).toThrow(/API_URL must be https/);
      expect(parseEnv({ ...PRODUCTION, API_URL: url, NODE_ENV: "development" }).apiUrl).toBe(url);
    },
  );

  it.each([
    "http://localhost:8000",
    "http://127.0.0.1:8000",
    "http://[::1]:8000",
    "http://api:8000",
    "http://api.internal:8000",
    "http://api.default.svc.cluster.local",
    "https://api.example.com",
  ])("accepts an API at %s", (url) => {
    expect(parseEnv({ ...PRODUCTION, API_URL: url }).apiUrl).toBe(url);
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
