import type { APIRequestContext, Page } from "@playwright/test";
import { sessionsOf } from "./support/database";
import {
  cookieValues,
  expect,
  greeting,
  letAccessTokenExpire,
  SIGNED_OUT_KINDLY,
  signIn,
  signUp,
  test,
  unknownAccessToken,
} from "./support/journey";
import { type RunningApi, startApi, startWeb } from "./support/processes";
import { Switch } from "./support/switch";

/** The addresses that the page's document was led through from now on. */
function redirectsOf(page: Page): string[] {
  const redirects: string[] = [];
  page.on("response", (response) => {
    if (response.request().isNavigationRequest() && response.status() >= 300 && response.status() < 400) {
      redirects.push(new URL(response.url()).pathname);
    }
  });
  return redirects;
}

test("ten tabs whose access token has expired all stay signed in, by one refresh", async ({
  page,
  context,
  person,
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await letAccessTokenExpire(context);

  const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto("/profile")));
  for (const tab of tabs) await expect(greeting(tab, person.name)).toBeVisible();
  expect(await sessionsOf(person.email)).toEqual([{ generation: 2, seen_generation: 1, ended_by: null }]);

  await page.reload();
  await expect(greeting(page, person.name)).toBeVisible();
  expect(await sessionsOf(person.email)).toEqual([{ generation: 2, seen_generation: 2, ended_by: null }]);
});

test("a form that is sent with an expired access token does what it should", async ({
  page,
  context,
  person,
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  const before = await cookieValues(context);
  await letAccessTokenExpire(context);

  await page.getByLabel("Name").fill("Countess Ada");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(greeting(page, "Countess Ada")).toBeVisible();
  const after = await cookieValues(context);
  expect(after["postern-refresh"]).not.toBe(before["postern-refresh"]);
  expect(after.postern).toMatch(/^ey/);
});

test("an access token that says that its time is over is replaced on the way", async ({
  page,
  context,
  person,
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const stale = `${part({ alg: "ES256" })}.${part({ exp: Math.floor(Date.now() / 1_000) - 5 })}.c2lnbmVk`;
  await context.addCookies([{ name: "postern", value: stale, url: page.url(), httpOnly: true }]);

  const redirects = redirectsOf(page);
  await page.goto("/profile");
  await expect(greeting(page, person.name)).toBeVisible();
  expect(redirects).toEqual([]);
  expect((await cookieValues(context)).postern).not.toBe(stale);
});

test.describe("when the grace is over", () => {
  test.describe.configure({ mode: "serial", timeout: 90_000 });
  let api: RunningApi;
  test.beforeAll(async () => {
    api = await startApi({ REFRESH_GRACE: "1" });
  });
  test.afterAll(() => api.stop());

  test("an answer that gets lost on its way signs nobody out, however late the next try", async ({
    page,
    context,
    person,
  }) => {
    const [web, another] = await Promise.all([startWeb({ apiUrl: api.url }), startWeb({ apiUrl: api.url })]);
    const line = await Switch.to(web.url);
    await line.mend();
    try {
      await signUp(page, person, `${line.url}/signup`);
      await expect(greeting(page, person.name)).toBeVisible();
      await letAccessTokenExpire(context);
      const held = await cookieValues(context);

      line.losesAnswers = true;
      await expect(page.goto(`${line.url}/security`)).rejects.toThrow(/ERR_EMPTY_RESPONSE/);
      line.losesAnswers = false;
      expect(await cookieValues(context)).toEqual(held);
      expect(await sessionsOf(person.email, api.databaseUrl)).toMatchObject([
        { generation: 2, seen_generation: 1 },
      ]);

      await page.waitForTimeout(1_500); // the grace is over
      await page.goto(`${another.url}/profile`); // and this server remembers nothing
      await expect(greeting(page, person.name)).toBeVisible();
      expect(await sessionsOf(person.email, api.databaseUrl)).toMatchObject([
        { generation: 2, ended_by: null },
      ]);

      await letAccessTokenExpire(context);
      await page.waitForTimeout(1_500);
      await page.reload();
      await expect(greeting(page, person.name)).toBeVisible();
      expect(await sessionsOf(person.email, api.databaseUrl)).toMatchObject([
        { generation: 3, ended_by: null },
      ]);
    } finally {
      await page.close();
      await line.cut();
      await Promise.all([web.stop(), another.stop()]);
    }
  });

  test("a refresh token that comes again when its successor is in use ends the session, kindly", async ({
    page,
    context,
    person,
  }) => {
    const [web, another] = await Promise.all([startWeb({ apiUrl: api.url }), startWeb({ apiUrl: api.url })]);
    try {
      await signUp(page, person, `${web.url}/signup`);
      await expect(greeting(page, person.name)).toBeVisible();
      const stolen = (await context.cookies()).filter(({ name }) => name === "postern-refresh");
      await letAccessTokenExpire(context);
      await page.reload();
      await page.reload(); // now the successor is seen in use
      await page.waitForTimeout(1_500);

      await context.clearCookies();
      await context.addCookies(stolen);
      const redirects = redirectsOf(page);
      await page.goto(`${another.url}/profile`);
      await expect(page).toHaveURL(`${another.url}/signin?next=%2Fprofile&notice=session-ended`);
      await expect(page.getByText(SIGNED_OUT_KINDLY)).toBeVisible();
      expect(redirects).toEqual(["/profile"]);
      expect(await context.cookies()).toEqual([]);
      expect(await sessionsOf(person.email, api.databaseUrl)).toMatchObject([
        { ended_by: "refresh_token_reused" },
      ]);
    } finally {
      await page.close();
      await Promise.all([web.stop(), another.stop()]);
    }
  });
});

test("a session that was ended elsewhere leads to sign-in once, kindly, and back to where the person was", async ({
  page,
  context,
  person,
  request,
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await endFromElsewhere(request, person);

  const redirects = redirectsOf(page);
  await page.goto("/security?from=mail");
  await expect(page).toHaveURL("/signin?next=%2Fsecurity&notice=session-ended");
  await expect(page.getByText(SIGNED_OUT_KINDLY)).toBeVisible();
  expect(redirects).toEqual(["/security"]);
  expect(await context.cookies()).toEqual([]);

  await signIn(page, person);
  await expect(page).toHaveURL("/security");
});

test("a session that was ended elsewhere is told in the middle of a form, too", async ({
  page,
  context,
  person,
  request,
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await endFromElsewhere(request, person);

  await page.getByLabel("Name").fill("Somebody else");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page).toHaveURL("/signin?next=%2Fprofile&notice=session-ended");
  await expect(page.getByText(SIGNED_OUT_KINDLY)).toBeVisible();
  expect(await context.cookies()).toEqual([]);
});

/** Signs in at the API, and ends all other sessions. */
async function endFromElsewhere(
  request: APIRequestContext,
  { email, password }: { email: string; password: string },
): Promise<void> {
  const api = process.env.E2E_API_URL;
  const signedIn = await request.post(`${api}/auth/signin`, { data: { email, password } });
  const { access_token: token } = await signedIn.json();
  const ended = await request.delete(`${api}/auth/sessions`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(ended.status()).toBe(204);
}

test("a link from elsewhere signs nobody out", async ({ page, context, person }) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  for (const path of ["/signin?notice=session-ended", "/signin?next=%2Fsecurity&notice=session-ended"]) {
    await page.goto(path);
    await expect(page).toHaveURL(path.includes("security") ? "/security" : "/profile");
    expect(Object.keys(await cookieValues(context)).sort()).toEqual(["postern", "postern-refresh"]);
  }
  await page.goto("/profile");
  await expect(greeting(page, person.name)).toBeVisible();

  await context.clearCookies({ name: "postern-refresh" });
  await page.goto("/signin?notice=session-ended");
  await expect(page).toHaveURL("/profile");
  expect(Object.keys(await cookieValues(context))).toEqual(["postern"]);
});

test.describe("whatever the cookies hold, there is no loop", () => {
  const USELESS: readonly [string, { access?: string; refresh?: string }][] = [
    ["corrupt", { access: "corrupt", refresh: "corrupt" }],
    ["oversized", { access: "a".repeat(3_500), refresh: "r".repeat(4_080) }],
    ["made with old keys", { access: unknownAccessToken(), refresh: "r".repeat(76) }],
    ["an access token of an old key alone", { access: unknownAccessToken() }],
    ["an old refresh token alone", { refresh: "r".repeat(76) }],
    [
      "an access token of an old key and a corrupt refresh token",
      { access: unknownAccessToken(), refresh: "x" },
    ],
  ];

  for (const [what, { access, refresh }] of USELESS) {
    test(`${what}: one redirect, and the cookies go`, async ({ page, context, baseURL: url }) => {
      await context.addCookies([
        ...(access ? [{ name: "postern", value: access, url, httpOnly: true }] : []),
        ...(refresh ? [{ name: "postern-refresh", value: refresh, url, httpOnly: true }] : []),
      ]);
      const redirects = redirectsOf(page);
      await page.goto("/security");
      await expect(page).toHaveURL("/signin?next=%2Fsecurity&notice=session-ended");
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
      expect(redirects).toEqual(["/security"]);
      expect(await context.cookies()).toEqual([]);
      await page.goto("/");
      expect(redirects).toEqual(["/security"]);
    });
  }

  test("a sound refresh token beside an access token that is none, or of an old key, is enough", async ({
    page,
    context,
    person,
  }) => {
    await signUp(page, person);
    await expect(greeting(page, person.name)).toBeVisible();
    for (const value of ["corrupt", "a".repeat(4_000), unknownAccessToken()]) {
      await context.addCookies([{ name: "postern", value, url: page.url(), httpOnly: true }]);
      await page.goto("/profile");
      await expect(page).toHaveURL("/profile");
      await expect(greeting(page, person.name)).toBeVisible();
      expect((await cookieValues(context)).postern).not.toBe(value);
    }
  });

  test("a sound access token beside a corrupt refresh token works for as long as it lasts", async ({
    page,
    context,
    person,
  }) => {
    await signUp(page, person);
    await expect(greeting(page, person.name)).toBeVisible();
    const cookie = { name: "postern-refresh", value: "corrupt", url: page.url(), httpOnly: true };
    await context.addCookies([cookie]);
    await page.goto("/profile");
    await expect(greeting(page, person.name)).toBeVisible();
    expect(Object.keys(await cookieValues(context))).toEqual(["postern"]);
    await letAccessTokenExpire(context);
    await page.goto("/profile");
    await expect(page).toHaveURL("/signin?next=%2Fprofile");
  });

  test("two of each, of which the browser sends the wrong one last", async ({ page, context, person }) => {
    await signUp(page, person);
    await expect(greeting(page, person.name)).toBeVisible();
    for (const domain of ["localhost", ".localhost"]) {
      for (const [name, value] of [
        ["postern", unknownAccessToken()],
        ["postern-refresh", "r".repeat(76)],
      ] as const) {
        await context.addCookies([{ name, value, domain, path: "/profile", httpOnly: true }]);
      }
    }
    const redirects = redirectsOf(page);
    await page.goto("/profile");
    await expect(page.locator("h1")).toBeVisible();
    expect(redirects.length).toBeLessThanOrEqual(3);
  });

  test("a client that keeps no cookie and sends the same ones for ever", async ({ person, request }) => {
    const api = process.env.E2E_API_URL;
    await request.post(`${api}/auth/signup`, { data: { email: person.email, password: person.password } });
    const signedIn = await request.post(`${api}/auth/signin`, {
      data: { email: person.email, password: person.password },
    });
    const { access_token: access, refresh_token: refresh } = await signedIn.json();
    const old = unknownAccessToken();
    for (const cookie of [
      `postern=${old}; postern-refresh=${refresh}`,
      `postern=${access}; postern=${old}; postern-refresh=${refresh}; postern-refresh=${"r".repeat(76)}`,
      `postern=${old}; postern=${access}; postern-refresh=${"r".repeat(76)}; postern-refresh=${refresh}`,
      `postern=${old}; postern-refresh=${"r".repeat(76)}`,
    ]) {
      const answer = await request.get("/profile", { headers: { cookie }, maxRedirects: 3 });
      expect(answer.status()).toBe(200);
    }
  });
});

test("signing out ends the session at the API, also with an expired access token", async ({
  page,
  context,
  person,
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await letAccessTokenExpire(context);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/signin?notice=signed-out");
  expect(await context.cookies()).toEqual([]);
  expect(await sessionsOf(person.email)).toEqual([
    { generation: 2, seen_generation: 1, ended_by: "sign_out" },
  ]);
});
