import { type NextFetchEvent, NextRequest, NextResponse } from "next/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PATH } from "./current.ts";
import { type ProxyOptions, proxyOf } from "./proxy.ts";
import { readSettings } from "./settings.ts";
import { startTestApi, type TestApi } from "./test/api.ts";

const REFRESH = "r".repeat(76);
const WEB = "http://web.internal:3000";

let api: TestApi;

beforeEach(async () => {
  api = await startTestApi();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

// The proxy does not use the event: it only hands it on.
const EVENT = {} as unknown as NextFetchEvent;

interface Sent {
  readonly cookies?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly options?: ProxyOptions;
  readonly basePath?: string;
}

function send(
  path: string,
  { cookies = {}, headers = {}, method = "GET", options, basePath = "" }: Sent = {},
) {
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  const request = new NextRequest(`http://shop.example${path}`, {
    method,
    nextConfig: { basePath },
    headers: { accept: "text/html", ...headers, ...(cookie.length > 0 && { cookie: cookie.join("; ") }) },
  });
  const proxy = proxyOf(
    () => readSettings({ POSTERN_URL: api.url, POSTERN_WEB_URL: WEB }),
    options ?? { protect: ["/app/:path*"] },
  );
  return proxy(request, EVENT);
}

/** A token of the right form, signed by nobody whom Postern knows. */
async function forged() {
  const [header, claims] = (await api.token()).split(".");
  return `${header}.${claims}.${"A".repeat(86)}`;
}

/** What a page reads in a header of the request. */
function passedOn(response: Response, name: string): string | null {
  return response.headers.get(`x-middleware-request-${name}`);
}

async function renewing() {
  const token = await api.token();
  const tokens = { access_token: token, refresh_token: "n".repeat(76), expires_in: 900 };
  api.answers.set("/auth/refresh", [200, tokens]);
  return token;
}

describe("Postern's pages", () => {
  it.each([
    "/signin?next=%2Fapp",
    "/reset-password",
    "/_postern/_next/static/a.js",
    "/.well-known/change-password",
  ])("%s is answered by its web app", async (path) => {
    const response = await send(path);
    expect(response.headers.get("x-middleware-rewrite")).toBe(WEB + path);
  });

  it("are reached without the slash that an app with `trailingSlash` adds", async () => {
    const response = await send("/signin/?next=%2Fapp%2F");
    expect(response.headers.get("x-middleware-rewrite")).toBe(`${WEB}/signin?next=%2Fapp%2F`);
    const inside = await send("/shop/security/passkeys/", { basePath: "/shop" });
    expect(inside.headers.get("location")).toBe("http://shop.example/security/passkeys");
  });

  it("are loaded whole when the app's own router asks for their content", async () => {
    const headers = { accept: "*/*", referer: "http://shop.example/app" };
    const response = await send("/signin", { headers });
    expect([response.status, response.headers.get("x-middleware-rewrite")]).toEqual([404, null]);
  });

  it("are outside of a basePath", async () => {
    const response = await send("/shop/signin?next=%2Fshop", { basePath: "/shop" });
    expect(response.headers.get("location")).toBe("http://shop.example/signin?next=%2Fshop");
    const guarded = await send("/shop/app?x=1", { basePath: "/shop" });
    expect(guarded.headers.get("location")).toBe("http://shop.example/signin?next=%2Fshop%2Fapp%3Fx%3D1");
  });

  it("get the forms that they send themselves", async () => {
    const headers = { accept: "text/x-component", referer: "http://shop.example/signin" };
    const response = await send("/signin", { method: "POST", headers });
    expect(response.headers.get("x-middleware-rewrite")).toBe(`${WEB}/signin`);
  });
});

describe("a session", () => {
  it("is refreshed before the page reads it, and the browser gets the new tokens", async () => {
    const token = await renewing();
    const response = await send("/app", { cookies: { "postern-refresh": REFRESH } });
    expect(passedOn(response, "cookie")).toContain(`postern=${token}`);
    expect(passedOn(response, "postern-receipt-pending")).toBeTruthy();
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^postern=.*HttpOnly; SameSite=lax$/),
      expect.stringMatching(/^postern-refresh=n+;.*HttpOnly; SameSite=lax$/),
    ]);
  });

  it("that changes the browser's cookies is in no shared cache", async () => {
    await renewing();
    const renewed = await send("/open", { cookies: { "postern-refresh": "c".repeat(76) } });
    expect(renewed.headers.getSetCookie()).toHaveLength(2);
    expect(renewed.headers.get("cache-control")).toBe("private, no-store");
    const removed = await send("/open", { cookies: { postern: "truncated" } });
    expect(removed.headers.getSetCookie()).toHaveLength(2);
    expect(removed.headers.get("cache-control")).toBe("private, no-store");
    expect((await send("/open")).headers.get("cache-control")).toBe(null);
  });

  it("is refreshed once for ten tabs", async () => {
    await renewing();
    const cookies = { "postern-refresh": "t".repeat(76) };
    await Promise.all(Array.from({ length: 10 }, () => send("/app", { cookies })));
    expect(api.asked.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1);
  });

  it("on https has only the cookies that are bound to this host", async () => {
    await renewing();
    const headers = { "x-forwarded-proto": "https" };
    const planted = await send("/app", { headers, cookies: { "postern-refresh": "p".repeat(76) } });
    expect(planted.headers.get("location")).toContain("/signin");
    const own = await send("/app", { headers, cookies: { "__Host-postern-refresh": "o".repeat(76) } });
    expect(own.headers.getSetCookie()[0]).toMatch(/^__Host-postern=.*Secure/);
  });

  it("is refreshed with the address of the visitor", async () => {
    await renewing();
    const headers = { "x-forwarded-for": "203.0.113.7, 10.0.0.1", "user-agent": "Firefox" };
    await send("/app", { headers, cookies: { "postern-refresh": "a".repeat(76) } });
    expect(api.asked[0]?.headers).toMatchObject(headers);
  });

  it("that has ended is removed, and the person is asked to sign in", async () => {
    api.answers.set("/auth/refresh", [401, { code: "session_revoked" }]);
    const response = await send("/app/orders?page=2", { cookies: { "postern-refresh": "e".repeat(76) } });
    expect(response.headers.get("location")).toBe(
      "http://shop.example/signin?next=%2Fapp%2Forders%3Fpage%3D2&notice=session-ended",
    );
    expect(response.headers.getSetCookie().join()).toContain("postern-refresh=;");
  });

  it.each([
    [503, { code: "overloaded" }],
    [500, { code: "internal_error" }],
    [429, { code: "rate_limited" }],
    [404, { code: "not_found" }],
  ])("stays while the API answers %i", async (status, problem) => {
    api.answers.set("/auth/refresh", [status, problem]);
    const response = await send("/app", { cookies: { "postern-refresh": `${status}`.padEnd(76, "u") } });
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
    expect(response.headers.get("retry-after")).toBe("5");
    const open = await send("/", { cookies: { "postern-refresh": `${status}`.padEnd(76, "v") } });
    expect([open.status, open.headers.getSetCookie()]).toEqual([200, []]);
  });
});

describe("a protected page", () => {
  it("leads to sign-in, and back", async () => {
    const response = await send("/app/orders?page=2");
    expect(response.headers.get("location")).toBe(
      "http://shop.example/signin?next=%2Fapp%2Forders%3Fpage%3D2",
    );
  });

  it("is for a person whose token is verified, and for no shared cache", async () => {
    const cookies = { postern: await api.token(), "postern-refresh": REFRESH };
    for (const method of ["GET", "HEAD", "POST"]) {
      const response = await send("/app/orders", { cookies, method });
      expect(response.headers.get("x-middleware-next")).toBe("1");
      expect(response.headers.get("cache-control")).toBe("private, no-store");
    }
    expect(api.asked.map(({ path }) => path)).toEqual(["/.well-known/jwks.json"]);
    const bearer = { authorization: `Bearer ${await api.token()}`, accept: "application/json" };
    expect((await send("/app", { headers: bearer })).headers.get("x-middleware-next")).toBe("1");
  });

  it("is not opened by a forged token, which is removed", async () => {
    api.answers.set("/auth/profile", [401, { code: "token_invalid" }]);
    const cookies = { postern: await forged() };
    const response = await send("/app/orders", { cookies });
    expect(response.headers.get("location")).toBe(
      "http://shop.example/signin?next=%2Fapp%2Forders&notice=session-ended",
    );
    expect(response.headers.get("x-middleware-next")).toBe(null);
    expect(response.headers.getSetCookie().join()).toContain("postern=;");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    const headers = { authorization: `Bearer ${await forged()}` };
    expect((await send("/app", { headers })).status).toBe(401);
  });

  it("opens with a new token if the key of the old one was withdrawn", async () => {
    const token = await renewing();
    const cookies = { postern: await forged(), "postern-refresh": "k".repeat(76) };
    const response = await send("/app", { cookies });
    expect(response.headers.get("x-middleware-next")).toBe("1");
    expect(passedOn(response, "cookie")).toContain(`postern=${token}`);
    expect(response.headers.getSetCookie()).toHaveLength(2);
  });

  it("says 503 if the keys were never had, and nobody is signed out", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    api.answers.set("/.well-known/jwks.json", [503, { code: "overloaded" }]);
    const cookies = { postern: await api.token(), "postern-refresh": REFRESH };
    for (const accept of ["text/html", "application/json", "text/x-component"]) {
      const response = await send("/app", { cookies, headers: { accept } });
      expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
      expect(response.headers.get("x-middleware-next")).toBe(null);
    }
  });

  it("says 503 if Postern accepts a token that this app refuses: to sign in again would be a loop", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    api.answers.set("/auth/profile", [200, {}]);
    const cookies = { postern: await api.token({ iss: "https://id.example.com" }) };
    const response = await send("/app", { cookies });
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
  });

  it("says 503 to an invented refresh token while Postern is away, for content as well", async () => {
    api.answers.set("/auth/refresh", [503, { code: "overloaded" }]);
    const cookies = { "postern-refresh": "i".repeat(76) };
    const response = await send("/app", { cookies, headers: { accept: "text/x-component" } });
    expect([response.status, response.headers.get("x-middleware-next")]).toEqual([503, null]);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("does not answer %s without a session", async (method) => {
    const form = await send("/app/orders", {
      method,
      headers: { referer: "http://shop.example/app/orders" },
    });
    expect([form.status, form.headers.get("location")]).toEqual([
      303,
      "http://shop.example/signin?next=%2Fapp%2Forders",
    ]);
    const code = await send("/app/orders", { method, headers: { accept: "application/json" } });
    expect([code.status, (await code.json()).code]).toEqual([401, "token_missing"]);
  });

  it("leads to sign-in if the session of its action has ended", async () => {
    const headers = {
      accept: "text/x-component",
      "next-action": "7f",
      referer: "http://shop.example/app?x=1",
    };
    const response = await send("/app?x=1", { method: "POST", headers });
    expect([response.status, response.headers.get("location")]).toEqual([303, null]);
    expect(response.headers.get("x-action-redirect")).toBe("/signin?next=%2Fapp%3Fx%3D1;push");
  });

  it("is not one of the other pages", async () => {
    expect((await send("/application")).headers.get("location")).toBe(null);
    expect(api.asked).toEqual([]);
  });
});

it("a page knows its own address, and a visitor cannot write it", async () => {
  const response = await send("/open?x=1", { headers: { [PATH]: "/evil" } });
  expect(passedOn(response, PATH)).toBe("/open?x=1");
});

it("another proxy gets the request with the new session, and its answer counts", async () => {
  const token = await renewing();
  const seen: (string | undefined)[] = [];
  const options: ProxyOptions = {
    after: (request) => {
      seen.push(request.cookies.get("postern")?.value);
      return NextResponse.rewrite(new URL("/en/open", request.url));
    },
  };
  const response = await send("/open", { options, cookies: { "postern-refresh": "w".repeat(76) } });
  expect(seen).toEqual([token]);
  expect(response.headers.get("x-middleware-rewrite")).toBe("http://shop.example/en/open");
  expect(passedOn(response, "cookie")).toContain(`postern=${token}`);
  expect(response.headers.getSetCookie()).toHaveLength(2);
});

describe("a request that the app's own proxy sends to another server", () => {
  const SESSION = { "postern-refresh": REFRESH, "postern-pending": "x", "__Host-postern-other": "x" };
  const leave = (init?: Parameters<typeof NextResponse.rewrite>[1]): ProxyOptions => ({
    after: () => NextResponse.rewrite("https://partner.example/blog", init),
  });

  it.each([
    ["by itself", () => leave()],
    ["with headers of its own", () => leave({ request: { headers: new Headers({ cookie: OTHERS }) } })],
  ])("has none of Postern's cookies: %s", async (_, options) => {
    const cookies = { a: "1", postern: await api.token(), ...SESSION, posterns: "2" };
    const response = await send("/blog", { cookies, options: options() });
    expect(response.headers.get("x-middleware-rewrite")).toBe("https://partner.example/blog");
    expect(passedOn(response, "cookie")).toBe("a=1; posterns=2");
  });
  const OTHERS = "a=1; postern=eyJ; __Host-postern-refresh=r; posterns=2";

  it("has no header of cookies if there are no others", async () => {
    const cookies = { postern: await api.token(), ...SESSION };
    const response = await send("/blog", { cookies, options: leave() });
    expect(passedOn(response, "cookie")).toBe(null);
    expect(response.headers.get("x-middleware-override-headers")?.split(",")).not.toContain("cookie");
  });

  it.each(["GET", "POST"])("waits until the browser has its new cookies: %s", async (method) => {
    await renewing();
    const cookies = { "postern-refresh": `${method}`.padEnd(76, "z") };
    const response = await send("/blog?page=2", { method, cookies, options: leave() });
    expect([response.status, response.headers.get("location")]).toEqual([
      307,
      "http://shop.example/blog?page=2",
    ]);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(response.headers.get("x-middleware-rewrite")).toBe(null);
  });
});
