import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { findings } from "./support/axe";
import { DEVICE_COOKIE, expect, greeting, join, NOTICE_COOKIE, signIn, test } from "./support/journey";
import { startWeb } from "./support/processes";

test("every page has the security headers, and a nonce that is new each time", async ({ request }) => {
  const nonces = new Set<string | undefined>();
  for (const path of ["/", "/signin", "/signup", "/no-such-page"]) {
    const headers = (await request.get(path)).headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).not.toContain("unsafe-eval");
    nonces.add(policy.match(/script-src [^;]*'nonce-([^']+)'/)?.[1]);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["cache-control"]).toContain("no-store");
    expect(headers["x-powered-by"]).toBeUndefined();
    expect(headers["strict-transport-security"]).toBeUndefined();
  }
  expect(nonces.size).toBe(4);
});

test("no page violates its content security policy", async ({ page, person }) => {
  const broken: string[] = [];
  await page.exposeFunction("report", (violation: string) => broken.push(violation));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      Reflect.get(window, "report")(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto("/");
  await page.goto("/signin");
  await page.goto("/signup");
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await expect(page.getByText("Strong", { exact: true })).toBeVisible();
  await join(page, person);
  await page.goto("/no-such-page");
  expect(broken).toEqual([]);
});

test("no script in the browser can read the tokens", async ({ page, context, person }) => {
  const bodies: Promise<string>[] = [];
  page.on("response", (response) => bodies.push(response.text().catch(() => "")));
  await join(page, person);

  const cookies = await context.cookies();
  expect(cookies).toEqual([
    expect.objectContaining({ name: "postern", httpOnly: true, sameSite: "Lax", path: "/" }),
    expect.objectContaining({ name: "postern-refresh", httpOnly: true, sameSite: "Lax", path: "/" }),
    expect.objectContaining({ name: DEVICE_COOKIE, httpOnly: true, sameSite: "Lax", path: "/" }),
  ]);
  const tokens = cookies.flatMap(({ value }) => [value, decodeURIComponent(value)]);
  expect(tokens[0]).toMatch(/^ey/);
  expect(tokens[2]).toMatch(/^[\w-]{32,}$/);
  expect(tokens[5]).toMatch(/^v1\.[\w+/=]{60,}$/);

  const seen = await page.evaluate(() =>
    [
      document.cookie,
      JSON.stringify({ ...localStorage, ...sessionStorage }),
      document.documentElement.outerHTML,
    ].join(),
  );
  const received = (await Promise.all(bodies)).join();
  for (const token of tokens) {
    expect(seen).not.toContain(token);
    expect(received).not.toContain(token);
  }

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/signin/);
  expect((await context.cookies()).map(({ name }) => name)).toEqual([DEVICE_COOKIE, NOTICE_COOKIE]);
});

for (const [what, value] of [
  ["a snowman", "%E2%98%83"],
  ["a line break", "a%0Ab"],
  ["far too much", "a".repeat(8_000)],
  ["garbage", "garbage"],
  ["half a token", "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0"],
]) {
  test(`a visitor with ${what} for a session is signed out`, async ({ playwright, baseURL }) => {
    const visitor = await playwright.request.newContext({
      baseURL,
      extraHTTPHeaders: { cookie: `postern=${value}` },
      maxRedirects: 0,
    });
    for (const path of ["/", "/signin", "/signup"]) expect((await visitor.get(path)).status()).toBe(200);
    const front = await (await visitor.get("/")).text();
    expect(front.match(/<a href="[^"]+"/g), "no link to a profile").not.toContain('<a href="/profile"');
    const guarded = await visitor.get("/profile");
    expect(guarded.status()).toBe(307);
    expect(guarded.headers().location).toContain("/signin?next=%2Fprofile");
    await visitor.dispose();
  });
}

/** What a browser sends with the form of this page: its hidden fields and the cookies. */
async function sentBy(page: Page): Promise<{ fields: Record<string, string>; cookie: string }> {
  const fields: Record<string, string> = {};
  const form = page.locator("main form").filter({ has: page.getByRole("button", { name: "Save name" }) });
  for (const input of await form.locator("input[type=hidden]").all()) {
    fields[(await input.getAttribute("name")) ?? ""] = (await input.getAttribute("value")) ?? "";
  }
  const cookies = await page.context().cookies();
  return { fields, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
}

test("a form that is posted from another site is refused", async ({ signedIn: page, person, request }) => {
  const { fields, cookie } = await sentBy(page);
  for (const [path, multipart] of [
    ["/profile", { ...fields, name: "Somebody else" }],
    ["/signout", {}],
  ] as const) {
    for (const origin of ["https://evil.example", "null"]) {
      for (const speaking of ["host", "x-forwarded-host", "x-original-host"]) {
        const headers = { origin, cookie, [speaking]: "evil.example" };
        const answer = await request.post(path, { multipart, headers, maxRedirects: 0 });
        expect(answer.headers()["set-cookie"]).toBeUndefined();
        expect(answer.status()).toBe(403);
      }
    }
  }
  await page.reload();
  await expect(greeting(page, person.name)).toBeVisible();
});

test("a form is accepted behind a proxy that removes the port from Host", async ({
  signedIn: page,
  person,
  request,
  baseURL,
}) => {
  const { fields, cookie } = await sentBy(page);
  const name = `${person.name} the Second`;
  const answer = await request.post("/profile", {
    multipart: { ...fields, name },
    headers: { origin: baseURL ?? "", host: "localhost", cookie },
    maxRedirects: 0,
  });
  expect(answer.status()).toBeLessThan(400);
  await page.reload();
  await expect(greeting(page, name)).toBeVisible();
});

test("methods and bodies that no page sends are refused, without a server error", async ({ request }) => {
  for (const method of ["PUT", "PATCH", "DELETE", "TRACE"]) {
    const answer = await request.fetch("/signin", { method });
    expect(answer.status()).toBe(405);
    expect(answer.headers().allow).toBe("GET, HEAD, POST, OPTIONS");
  }
  const large = await request.post("/signin", { multipart: { email: "a".repeat(200_000) } });
  expect(large.status()).toBe(413);
});

test("on https the cookies are bound to this host, and HSTS keeps the browser on https", async ({
  request,
  person,
}) => {
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl: "https://postern.example" });
  const page = await request.get(`${web.url}/signup`);
  expect(page.headers()["strict-transport-security"]).toBe("max-age=63072000");

  const html = await page.text();
  const script = html.match(/src="(\/_postern\/_next\/static\/[^"]+\.js)"/)?.[1];
  for (const [method, path, status] of [
    ["GET", script, 200],
    ["GET", "/signup/", 308],
    ["GET", "/no-such-page", 404],
    ["PUT", "/signup", 405],
    ["TRACE", "/signup", 405],
    ["OPTIONS", "/signup", 400],
  ] as const) {
    const answer = await request.fetch(`${web.url}${path}`, { method, maxRedirects: 0 });
    expect(answer.status(), `${method} ${path}`).toBe(status);
    expect(answer.headers()["strict-transport-security"], `${method} ${path}`).toBe("max-age=63072000");
    expect(answer.headers()["x-content-type-options"], `${method} ${path}`).toBe("nosniff");
  }
  const asset = await request.get(`${web.url}${script}`);
  expect(asset.headers()["cache-control"]).toContain("immutable");

  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)];
  const answer = await request.post(`${web.url}/signup`, {
    multipart: {
      ...Object.fromEntries(hidden.map(([, name, value = ""]) => [name, value.replaceAll("&quot;", '"')])),
      ...person,
    },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(303);
  const attributes = "Path=/; Expires=[^;]+; Max-Age=\\d+; Secure; HttpOnly; SameSite=lax";
  expect(answer.headers()["set-cookie"]?.split("\n")).toEqual([
    expect.stringMatching(new RegExp(`^__Host-postern=ey[^;]+; ${attributes}$`, "i")),
    expect.stringMatching(new RegExp(`^__Host-postern-refresh=[^;]+; ${attributes}$`, "i")),
    expect.stringMatching(new RegExp(`^__Host-postern-device=v1[^;]+; ${attributes}$`, "i")),
  ]);
  await web.stop();
});

test("a page that was opened over http, while the web app is on https, says so, and its form does not hang", async ({
  page,
}) => {
  const webUrl = "https://postern.example";
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl, host: "127.0.0.2" });
  await page.goto(`${web.url}/signin`);
  await expect(page.getByText("This page was opened over http")).toBeVisible();
  await expect(page.getByRole("link", { name: webUrl })).toHaveAttribute("href", webUrl);
  expect(await findings(page)).toEqual([]);

  await signIn(page, { email: "ada@example.com", password: "a copper door in the wall" });
  await expect(page.getByRole("heading", { name: "Something went wrong" })).toBeVisible();
  await expect(page.getByText("This page was opened over http")).toBeVisible();
  await web.stop();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a form that was opened over http, while the web app is on https, is refused with the right address", async ({
    page,
  }) => {
    const webUrl = "https://postern.example";
    const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl, host: "127.0.0.2" });
    await page.goto(`${web.url}/signin`);
    await signIn(page, { email: "ada@example.com", password: "a copper door in the wall" });
    await expect(
      page.getByRole("heading", { name: "This form was sent from another address" }),
    ).toBeVisible();
    await expect(page.getByRole("link", { name: `Open ${webUrl}` })).toHaveAttribute("href", webUrl);
    await web.stop();
  });
});

// Next's client runtime and React are 135 kB of it, so this limits what the app adds.
test("the sign-in page needs less than 139 kB of script, and loads few more afterwards", async ({
  page,
  request,
}) => {
  const sizeOf = async (url: string) => gzipSync(await (await request.get(url)).body()).length;
  const sum = async (urls: string[]) =>
    (await Promise.all(urls.map(sizeOf))).reduce((all, one) => all + one, 0);
  await page.goto("/signin", { waitUntil: "networkidle" });
  const { first, loaded } = await page.evaluate(async () => {
    const html = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const sources = [...html.querySelectorAll<HTMLScriptElement>("script[src]:not([nomodule])")];
    const names = performance.getEntriesByType("resource").map((entry) => entry.name);
    return {
      first: sources.map((script) => new URL(script.getAttribute("src") ?? "", location.href).href),
      loaded: names.filter((name) => new URL(name).pathname.endsWith(".js")),
    };
  });
  const total = await sum([...new Set(first)]);
  const later = await sum([...new Set(loaded)].filter((url) => !first.includes(url)));
  test.info().annotations.push({ type: "first-load JavaScript", description: `${total} bytes gzipped` });
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThan(139_000);
  expect(later).toBeLessThan(4_000);
});
