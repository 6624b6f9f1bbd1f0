import type { Page } from "@playwright/test";
import { signInAtApi, signUpAtApi } from "./support/api";
import { letGracePass, sessionsOf } from "./support/database";
import {
  cookieValues,
  expect,
  expectSignedOut,
  greeting,
  holdCookies,
  letAccessTokenExpire,
  type Person,
  saveName,
  signIn,
  test,
  unknownAccessToken,
} from "./support/journey";
import { freePort, type Running, startWeb } from "./support/processes";
import { Switch } from "./support/switch";

/** The addresses of the page and of its redirects from now on. */
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
  signedIn: page,
  context,
  person,
}) => {
  await letAccessTokenExpire(context);

  const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto("/profile")));
  for (const tab of tabs) await expect(greeting(tab, person.name)).toBeVisible();
  // The last tabs may have sent the new cookies already.
  expect(await sessionsOf(person.email)).toMatchObject([{ generation: 2, ended_by: null }]);

  await page.reload();
  await expect(greeting(page, person.name)).toBeVisible();
  expect(await sessionsOf(person.email)).toEqual([{ generation: 2, seen_generation: 2, ended_by: null }]);
});

test("a form that is sent with an expired access token works", async ({ signedIn: page, context }) => {
  const before = await cookieValues(context);
  await letAccessTokenExpire(context);

  await saveName(page, "Countess Ada");
  await expect(greeting(page, "Countess Ada")).toBeVisible();
  const after = await cookieValues(context);
  expect(after["postern-refresh"]).not.toBe(before["postern-refresh"]);
  expect(after.postern).toMatch(/^ey/);
});

test("an access token that has expired by its own date is replaced before the page is rendered", async ({
  signedIn: page,
  context,
  person,
}) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const stale = `${part({ alg: "ES256" })}.${part({ exp: Math.floor(Date.now() / 1_000) - 5 })}.c2lnbmVk`;
  await holdCookies(context, page.url(), { access: stale });

  const redirects = redirectsOf(page);
  await page.goto("/profile");
  await expect(greeting(page, person.name)).toBeVisible();
  expect(redirects).toEqual([]);
  expect((await cookieValues(context)).postern).not.toBe(stale);
});

test.describe("when the grace is over", () => {
  /** A second server of the web app. Neither knows which tokens the other one has refreshed. */
  let another: Running;
  test.beforeAll(async () => {
    another = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "" });
  });
  test.afterAll(() => another.stop());

  const sessionOf = async ({ email }: Person) => (await sessionsOf(email))[0];

  test("a lost answer does not sign the person out, even if the next try comes much later", async ({
    signedIn: page,
    context,
    person,
  }) => {
    const line = new Switch(process.env.E2E_WEB_URL, await freePort());
    await line.restore();
    await letAccessTokenExpire(context);
    const held = await cookieValues(context);

    line.losesAnswers = true;
    await expect(page.goto(`${line.url}/security`)).rejects.toThrow(/ERR_EMPTY_RESPONSE/);
    await line.cut();
    expect(await cookieValues(context)).toEqual(held);
    expect(await sessionOf(person)).toMatchObject({ generation: 2, seen_generation: 1 });

    await letGracePass(person.email);
    await page.goto(`${another.url}/profile`);
    await expect(greeting(page, person.name)).toBeVisible();
    expect(await sessionOf(person)).toMatchObject({ generation: 2, ended_by: null });

    await letAccessTokenExpire(context);
    await letGracePass(person.email);
    await page.reload();
    await expect(greeting(page, person.name)).toBeVisible();
    expect(await sessionOf(person)).toMatchObject({ generation: 3, ended_by: null });
  });

  test("a refresh token that is used again after its successor ends the session, with a notice", async ({
    signedIn: page,
    context,
    person,
  }) => {
    const { "postern-refresh": stolen } = await cookieValues(context);
    await letAccessTokenExpire(context);
    await page.reload();
    await page.reload(); // now the API knows that the successor is in use
    await letGracePass(person.email);

    await context.clearCookies();
    await holdCookies(context, another.url, { refresh: stolen });
    const redirects = redirectsOf(page);
    await page.goto(`${another.url}/profile`);
    await expectSignedOut(page, "/profile", another.url);
    expect(redirects).toEqual(["/profile"]);
    expect(await sessionOf(person)).toMatchObject({ ended_by: "refresh_token_reused" });
  });
});

test("a session that was ended elsewhere leads to sign-in once, with a notice, and then back to the page", async ({
  signedIn: page,
  person,
}) => {
  await endFromElsewhere(person);

  const redirects = redirectsOf(page);
  await page.goto("/security?from=mail");
  await expectSignedOut(page, "/security");
  expect(redirects).toEqual(["/security"]);

  await signIn(page, person);
  await expect(page).toHaveURL("/security");
});

test("a session that was ended elsewhere also leads to sign-in when a form is sent", async ({
  signedIn: page,
  person,
}) => {
  await endFromElsewhere(person);

  await saveName(page, "Somebody else");
  await expectSignedOut(page, "/profile");
});

/** Signs in at the API, and ends all other sessions. */
async function endFromElsewhere(person: Person): Promise<void> {
  const { access_token: token } = await signInAtApi(person);
  const ended = await fetch(`${process.env.E2E_API_URL}/auth/sessions`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(ended.status).toBe(204);
}

test("a link from another site cannot sign a person out", async ({ signedIn: page, context, person }) => {
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

test.describe("no content of the cookies causes a redirect loop", () => {
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

  for (const [what, cookies] of USELESS) {
    test(`${what}: one redirect, and the cookies are removed`, async ({ page, context, baseURL: url }) => {
      await holdCookies(context, url, cookies);
      const redirects = redirectsOf(page);
      await page.goto("/security");
      await expectSignedOut(page, "/security");
      await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
      expect(redirects).toEqual(["/security"]);
      await page.goto("/");
      expect(redirects).toEqual(["/security"]);
    });
  }

  test("a valid refresh token is enough beside an access token that is corrupt or of an old key", async ({
    signedIn: page,
    context,
    person,
  }) => {
    for (const access of ["corrupt", "a".repeat(4_000), unknownAccessToken()]) {
      await holdCookies(context, page.url(), { access });
      await page.goto("/profile");
      await expect(page).toHaveURL("/profile");
      await expect(greeting(page, person.name)).toBeVisible();
      expect((await cookieValues(context)).postern).not.toBe(access);
    }
  });

  test("a valid access token beside a corrupt refresh token works until it expires", async ({
    signedIn: page,
    context,
    person,
  }) => {
    await holdCookies(context, page.url(), { refresh: "corrupt" });
    await page.goto("/profile");
    await expect(greeting(page, person.name)).toBeVisible();
    expect(Object.keys(await cookieValues(context))).toEqual(["postern"]);
    await letAccessTokenExpire(context);
    await page.goto("/profile");
    await expect(page).toHaveURL("/signin?next=%2Fprofile");
  });

  test("two cookies of each name, of which the browser sends the wrong one last", async ({
    signedIn: page,
    context,
  }) => {
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

  test("a client that ignores Set-Cookie and always sends the same cookies", async ({ person, request }) => {
    await signUpAtApi(person);
    const { access_token: access, refresh_token: refresh } = await signInAtApi(person);
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
  signedIn: page,
  context,
  person,
}) => {
  await letAccessTokenExpire(context);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/signin?notice=signed-out");
  expect(await cookieValues(context)).toEqual({});
  expect(await sessionsOf(person.email)).toEqual([
    { generation: 2, seen_generation: 1, ended_by: "sign_out" },
  ]);
});
