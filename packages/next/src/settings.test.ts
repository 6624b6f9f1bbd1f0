import { expect, it } from "vitest";
import { InvalidSettings, readSettings } from "./settings.ts";

const GOOD = { POSTERN_URL: "https://id.example.com", POSTERN_WEB_URL: "http://web:3000" };

it("the API is reached at POSTERN_URL", () => {
  expect(readSettings({ ...GOOD, POSTERN_URL: "https://id.example.com/" })).toEqual({
    issuer: "https://id.example.com",
    webUrl: "http://web:3000",
    api: { url: "https://id.example.com", setting: "POSTERN_URL", clientAddressHeader: "x-forwarded-for" },
  });
});

it("POSTERN_INTERNAL_URL is where the API is reached, and never the issuer", () => {
  const { issuer, api } = readSettings({ ...GOOD, POSTERN_INTERNAL_URL: "http://api:8000/" });
  expect(issuer).toBe("https://id.example.com");
  expect(api).toMatchObject({ url: "http://api:8000", setting: "POSTERN_INTERNAL_URL" });
});

it("options count more than the environment", () => {
  const options = {
    url: "https://other.example",
    webUrl: "https://web.example",
    clientAddressHeader: "X-Real-IP",
  };
  expect(readSettings(GOOD, options)).toMatchObject({
    issuer: "https://other.example",
    webUrl: "https://web.example",
    api: { clientAddressHeader: "x-real-ip" },
  });
});

it("a service that shows no pages needs no web app", () => {
  expect(readSettings({ POSTERN_URL: GOOD.POSTERN_URL }, {}, { web: false }).webUrl).toBe("");
});

it.each([
  [{}, "POSTERN_URL is not set. Set it, for example POSTERN_URL=http://localhost:8000"],
  [{ POSTERN_URL: GOOD.POSTERN_URL }, "POSTERN_WEB_URL is not set."],
  [{ ...GOOD, POSTERN_URL: "localhost:8000" }, "POSTERN_URL is not an http or https address."],
  [{ ...GOOD, POSTERN_INTERNAL_URL: "api" }, "POSTERN_INTERNAL_URL is not an http or https address."],
  [{ ...GOOD, POSTERN_WEB_URL: "http://web/app" }, "POSTERN_WEB_URL must be an origin"],
  [{ ...GOOD, POSTERN_URL: "https://a:b@id.example.com" }, "POSTERN_URL must be a plain address"],
])("a wrong setting is named in a sentence: %j", (source, sentence) => {
  expect(() => readSettings(source)).toThrow(InvalidSettings);
  expect(() => readSettings(source)).toThrow(sentence);
});

it("an error does not repeat the value, which may be a secret", () => {
  const source = { ...GOOD, POSTERN_URL: "postgresql://postern:hunter2@db/postern" };
  expect(() => readSettings(source)).toThrow(/^(?!.*hunter2)/s);
});
