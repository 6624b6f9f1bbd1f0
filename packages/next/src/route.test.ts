import { NextRequest } from "next/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { routeOf } from "./route.ts";
import { readSettings } from "./settings.ts";
import { startTestApi, type TestApi } from "./test/api.ts";

// `connection` needs a request that Next itself has taken.
vi.mock("next/server", async (original) => ({ ...(await original<object>()), connection: async () => {} }));

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.stop());

async function send(headers: Record<string, string>, method = "GET", answer = () => Response.json({})) {
  const settings = () => readSettings({ POSTERN_URL: api.url }, {}, { web: false });
  const route = routeOf(settings, answer);
  return route(new NextRequest("http://shop.example/api/orders", { method, headers }), {});
}

const BASIC = "Basic YWRhOnNlY3JldA==";

it("a proxy that asks for a password in front of the app does not hide the cookie", async () => {
  const cookie = `postern=${await api.token()}`;
  expect((await send({ authorization: BASIC, cookie })).status).toBe(200);
  expect((await send({ authorization: BASIC })).status).toBe(401);
});

it("with such a password another site's form is still refused", async () => {
  const headers = { authorization: BASIC, cookie: `postern=${await api.token()}` };
  const foreign = { ...headers, "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  expect((await send(foreign, "POST")).status).toBe(403);
  expect((await send({ ...headers, "sec-fetch-site": "same-origin" }, "POST")).status).toBe(200);
});

it.each(["Bearer", "Bearer ", "Bearer a b", "bearer x"])(
  "a bearer header of another form is not a reason to use the cookie: %j",
  async (authorization) => {
    const cookie = `postern=${await api.token()}`;
    expect((await send({ authorization, cookie })).status).toBe(401);
  },
);

it("an answer for a person is in no shared cache, unless the app says so", async () => {
  const authorization = `Bearer ${await api.token()}`;
  const answer = await send({ authorization });
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  const own = await send({ authorization }, "GET", () =>
    Response.json({}, { headers: { "Cache-Control": "private, max-age=60" } }),
  );
  expect(own.headers.get("cache-control")).toBe("private, max-age=60");
  const redirect = await send({ authorization }, "GET", () => Response.redirect("http://shop.example/a"));
  expect([redirect.status, redirect.headers.get("cache-control")]).toEqual([302, "private, no-store"]);
});
