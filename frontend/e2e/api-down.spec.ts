import type { Page } from "@playwright/test";
import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { sessionsOf } from "./support/database";
import {
  cookieValues,
  expect,
  greeting,
  holdCookies,
  join,
  letAccessTokenExpire,
  saveName,
  signIn,
  unknownAccessToken,
} from "./support/journey";
import { test } from "./support/line";
import { en } from "./support/words";

test("while the API is down every page says so, and recovers by itself when the API is back", async ({
  page,
  line,
  person,
}) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

  await page.goto("/signup");
  await expect(page.getByRole("alert").first()).toHaveText(/We can't reach the service/);
  await expect(page.getByRole("link", { name: "Try again" })).toBeVisible();
  await expect(page.getByRole("main").locator("form")).toHaveCount(0);

  await line.restore();
  await expect(page.getByRole("button", { name: "Create account" })).toBeVisible();
  await join(page, person);

  await line.cut();
  await page.reload();
  await expect(page.getByText(/We can't reach the service/)).toBeVisible();
  await expect(page).toHaveURL("/profile");
  await line.restore();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(greeting(page, person.name)).toBeVisible();
});

test("if the API goes down before a form is sent, the form keeps what was typed", async ({
  page,
  line,
  person,
}) => {
  await line.restore();
  await signUpAtApi(person);
  await page.goto("/signin");

  await line.cut();
  await signIn(page, person);
  await expect(page.locator("form").getByRole("alert")).toHaveText(/We can't reach the service/);
  await expect(page.getByLabel("Email")).toHaveValue(person.email);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue(person.password);

  await line.restore();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(greeting(page, person.name)).toBeVisible();
});

test("while the API is not ready the page says why in plain words, without details", async ({
  page,
  line,
}) => {
  await line.restore();
  line.refuse("/readyz", "schema_mismatch");
  await page.goto("/signup");
  await expect(page.getByText(/being set up or updated/)).toBeVisible();
  await expect(page.getByText("10.0.0.7")).toHaveCount(0);

  line.stopRefusing();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByRole("button", { name: "Create account" })).toBeVisible();
});

test("a slow API delays neither the sign-in form nor, for long, the sign-up form", async ({ page, line }) => {
  await line.restore();
  line.silence("/readyz");
  line.silence("/auth/config");
  await page.goto("/signin");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  expect(line.silenced, "what /signin asked").toEqual(["/auth/config"]);

  await page.goto("/signup");
  await expect(page.getByRole("button", { name: "Create account" })).toBeVisible();
  expect(line.silenced.toSorted()).toEqual(["/auth/config", "/auth/config", "/readyz"]);
});

/** From now on each page counts how much has moved of what a person sees. */
async function countShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    Reflect.set(window, "moved", 0);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        Reflect.set(window, "moved", Reflect.get(window, "moved") + Reflect.get(entry, "value"));
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () => page.evaluate(() => Number(Reflect.get(window, "moved")));
}

for (const [path, asked, there] of [
  ["/signup", "/readyz", en.signup.create],
  ["/security", "/auth/sessions", en.deletion.delete],
] as const) {
  test(`while the API is slow, ${path} says that it loads, and then nothing moves`, async ({
    signedIn: page,
    context,
    line,
  }) => {
    if (path === "/signup") await context.clearCookies();
    const release = line.hold(asked);
    const moved = await countShifts(page);
    await page.goto(path, { waitUntil: "commit" });
    await expect(page.getByRole("status").getByText(en.loading.text)).toBeVisible();
    const title = page.getByRole("heading", { level: 1 });
    const place = await title.boundingBox();
    expect(await page.evaluate(() => document.getAnimations().length), "with reduced motion").toBe(0);
    release();
    await expect(page.getByRole("button", { name: there })).toBeVisible();
    await expect(page.getByText(en.loading.text)).toHaveCount(0);
    expect(await title.boundingBox()).toEqual(place);
    expect(await moved()).toBeLessThan(0.05);
    expect(await findings(page)).toEqual([]);
  });
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  for (const [path, asked, there] of [
    ["/signup?next=%2Fsecurity", "/readyz", en.signup.create],
    ["/security", "/auth/sessions", en.deletion.delete],
  ] as const) {
    test(`a slow API delays ${path}, and then all of it is there`, async ({
      signedIn: page,
      context,
      line,
    }) => {
      if (path !== "/security") await context.clearCookies();
      const release = line.hold(asked);
      await page.goto(path, { waitUntil: "commit" });
      await expect(page.getByRole("status").getByText(en.loading.text)).toBeVisible();
      release();
      await expect(page.getByRole("button", { name: there })).toBeVisible();
      await expect(page.getByText(en.loading.text)).toHaveCount(0);
    });
  }

  test("while the API is down a plain link tries again", async ({ page, line }) => {
    await page.goto("/signup?next=%2Fprofile");
    await expect(page.getByText(/We can't reach the service/)).toBeVisible();
    await line.restore();
    await page.getByRole("link", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: "Create account" })).toBeVisible();
  });
});

test("a session survives an access token that expires while the API is down", async ({
  signedIn: page,
  context,
  line,
}) => {
  await letAccessTokenExpire(context);
  const held = await cookieValues(context);

  await line.cut();
  const down = await page.goto("/security");
  expect(down?.status()).toBe(503);
  expect(down?.headers()).toMatchObject({ "retry-after": "5", "cache-control": "no-store" });
  await expect(page).toHaveURL("/security");
  await expect(page).toHaveTitle("One moment · Postern");
  await expect(page.getByText(/We can't reach the service/)).toBeVisible();
  expect(await cookieValues(context)).toEqual(held);
  expect(await findings(page)).toEqual([]);

  await line.restore();
  for (const code of ["database_unavailable", "overloaded", "rate_limited"] as const) {
    line.refuse("/auth/refresh", code, 30);
    const refused = await page.goto("/security");
    expect(refused?.status()).toBe(503);
    expect(refused?.headers()["retry-after"]).toBe("30");
    await expect(page).toHaveURL("/security");
    await expect(page.getByText("One moment")).toBeVisible();
    expect(await cookieValues(context)).toEqual(held);
  }

  line.stopRefusing();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Security" })).toBeVisible();
});

test("whatever a client accepts, the answer is 503 while a session cannot be renewed, unless an open page asks", async ({
  signedIn: page,
  context,
  line,
}) => {
  await letAccessTokenExpire(context);
  await line.cut();
  for (const accept of ["*/*", "application/json", "text/html"]) {
    const answer = await page.request.get("/profile", { headers: { accept } });
    expect(answer.status(), accept).toBe(503);
    expect(answer.headers()["retry-after"]).toBe("5");
  }
  const content = await page.request.get("/profile", { headers: { rsc: "1" } });
  expect(content.status()).toBe(200);
});

test("the page of an outage loads itself again when the API is back", async ({
  signedIn: page,
  context,
  line,
  person,
}) => {
  await letAccessTokenExpire(context);
  await line.cut();
  expect((await page.goto("/profile"))?.status()).toBe(503);
  await line.restore();
  await expect(greeting(page, person.name)).toBeVisible();
});

test("a form that is sent with an expired access token while the API is down keeps what was typed", async ({
  signedIn: page,
  context,
  line,
}) => {
  await letAccessTokenExpire(context);
  await line.cut();
  await saveName(page, "Countess Ada");
  await expect(page.locator("form").getByRole("alert")).toHaveText(/We can't reach the service/);
  await expect(page.getByLabel("Name")).toHaveValue("Countess Ada");
  await line.restore();
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(greeting(page, "Countess Ada")).toBeVisible();
});

test("signing out with a withdrawn key, while nothing can be refreshed, does not say that the session ended", async ({
  signedIn: page,
  context,
  line,
  person,
}) => {
  await holdCookies(context, page.url(), { access: unknownAccessToken() });
  line.refuse("/auth/refresh", "database_unavailable");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/signin?notice=signed-out-here");
  expect(await cookieValues(context)).toEqual({});
  expect(await sessionsOf(person.email)).toMatchObject([{ ended_by: null }]);
});

test("signing out while the API is down still removes the session's cookies", async ({
  signedIn: page,
  context,
  line,
}) => {
  await line.cut();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/signin?notice=signed-out-here");
  await expect(page.getByText(/in this browser, but the service didn't answer/)).toBeVisible();
  await expect(page.getByText("Sign in later, and look under Security.")).toBeVisible();
  expect(await cookieValues(context)).toEqual({});
});

test("if the devices cannot be listed, the rest of the page is still there", async ({
  signedIn: page,
  line,
}) => {
  line.refuse("/auth/sessions", "database_unavailable");
  await page.goto("/security");
  await expect(page.getByRole("main").getByRole("alert")).toHaveText(/its database isn't answering/);
  await expect(page.getByRole("button", { name: "Change password" })).toBeVisible();
  line.stopRefusing();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByText("this device", { exact: true })).toBeVisible();
});
