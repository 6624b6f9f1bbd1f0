import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Refused } from "./refusal.ts";
import { readSettings, type Settings } from "./settings.ts";
import { startTestApi, type TestApi } from "./test/api.ts";
import { verify } from "./verify.ts";

let api: TestApi;
let settings: Settings;

beforeEach(async () => {
  api = await startTestApi();
  settings = readSettings({ POSTERN_URL: api.url, POSTERN_WEB_URL: "http://web" });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

/** The same bytes in other characters: the last character has bits that count for nothing. A part without such bits gets more. */
function respelled(part: string): string {
  const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = signs.indexOf(part.slice(-1));
  return part.length % 4 === 0 ? `${part}A` : part.slice(0, -1) + signs[last + 1];
}

async function refusal(token: string) {
  const error = await verify(token, settings).catch((reason: unknown) => reason);
  if (!(error instanceof Refused)) throw error;
  return error.refusal;
}

it("a token says who the person is, and how long it counts", async () => {
  const exp = Math.floor(Date.now() / 1000) + 600;
  expect(await verify(await api.token({ exp, auth_time: 5 }), settings)).toEqual({
    userId: 7,
    sessionId: 9,
    expiresAt: new Date(exp * 1000),
    authTime: 5,
  });
});

it("a token without a time of proof is never recent", async () => {
  const token = await api.token({ auth_time: undefined, amr: ["pwd"], acr: "aal1" });
  expect(await verify(token, settings)).toMatchObject({ authTime: 0 });
});

it("a hundred tokens are one request for the keys", async () => {
  const token = await api.token();
  await Promise.all(Array.from({ length: 100 }, () => verify(token, settings)));
  expect(api.asked.map(({ path }) => path)).toEqual(["/.well-known/jwks.json"]);
});

it("tokens with unknown keys ask for the keys no more often", async () => {
  await verify(await api.token(), settings);
  for (let each = 0; each < 20; each += 1) {
    const unknown = await api.token({}, { kid: `k${each + 2}` });
    expect(await refusal(unknown)).toMatchObject({ status: 401, code: "token_invalid" });
  }
  expect(api.asked).toHaveLength(1);
});

it.each([
  ["another issuer", { iss: "https://other.example" }, {}],
  ["another audience", { aud: "https://other.example" }, {}],
  ["another type", {}, { typ: "JWT" }],
  ["no session", { sid: undefined }, {}],
  ["a subject that is no number", { sub: "ada" }, {}],
])("a token with %s is refused", async (_, claims, header) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await refusal(await api.token(claims, header))).toMatchObject({
    status: 401,
    code: "token_invalid",
  });
});

it.each([
  ["padding", (part: string) => `${part}==`],
  ["other bits after its last byte", respelled],
  ["a sign that a lax decoder skips", (part: string) => `${part}!`],
])("a token is refused with %s in any of its parts", async (_, spell) => {
  const parts = (await api.token()).split(".");
  for (const each of parts.keys()) {
    const token = parts.map((part, index) => (index === each ? spell(part) : part)).join(".");
    expect(await refusal(token)).toMatchObject({ status: 401, code: "token_invalid" });
  }
});

it("an expired token says so", async () => {
  const exp = Math.floor(Date.now() / 1000) - 61;
  expect(await refusal(await api.token({ exp }))).toMatchObject({ status: 401, code: "token_expired" });
});

it("if POSTERN_URL is wrong, the log has both addresses", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  await refusal(await api.token({ iss: "https://id.example.com" }));
  expect(log.mock.calls.flat().join()).toContain(
    `its "iss" is "https://id.example.com", but POSTERN_URL is "${api.url}"`,
  );
});

it("while the keys were never had, no token is called invalid", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  api.answers.set("/.well-known/jwks.json", [503, { code: "overloaded" }]);
  const token = await api.token();
  expect(await refusal(token)).toMatchObject({ status: 503, code: "keys_unavailable" });
  expect(await refusal(token)).toMatchObject({ status: 503 });
  expect(api.asked).toHaveLength(1);
});
