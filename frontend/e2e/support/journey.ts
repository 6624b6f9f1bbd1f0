/** What the journeys share: a person with their own email address, and the steps through the forms. */

import { randomUUID } from "node:crypto";
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { signInAtApi, signUpAtApi } from "./api";
import { proveAddress } from "./database";
import { test as base } from "./servers";

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

interface Fixtures {
  /** A new person with their own email address. */
  readonly person: Person;
  /** The page of a signed-in person: it shows their profile. Their address is confirmed. The account is created at the API, not by the form. */
  readonly signedIn: Page;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
  person: async ({}, use) => {
    await use({
      name: "Ada Lovelace",
      email: `ada-${randomUUID()}@example.com`,
      password: "a copper door in the wall",
    });
  },
  signedIn: async ({ page, person, userAgent, baseURL }, use) => {
    await arrive(page, person, { url: baseURL, userAgent });
    await use(page);
  },
});

export { expect };

export async function signUp(page: Page, person: Person, path = "/signup"): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
}

interface Browsing {
  /** The address of the web app. */
  readonly url: string | undefined;
  readonly userAgent: string | undefined;
}

/** Signs up, proves the address and signs in at the API, and waits for the greeting. This is faster than the form, which `join` uses. */
export async function arrive(page: Page, person: Person, { url, userAgent }: Browsing): Promise<void> {
  await signUpAtApi(person);
  await proveAddress(person.email);
  await holdSession(page.context(), person, { url, userAgent });
  await page.goto(`${url}/profile`);
  await expect(greeting(page, person.name)).toBeVisible();
}

/** Signs in at the API, and sets the cookies that the sign-in form would set. */
export async function holdSession(
  context: BrowserContext,
  person: Person,
  { url, userAgent }: Browsing,
): Promise<void> {
  const { access_token: access, refresh_token: refresh, device } = await signInAtApi(person, userAgent);
  await holdCookies(context, url, { access, refresh });
  await context.addCookies([{ name: DEVICE_COOKIE, value: device ?? "", url, httpOnly: true }]);
}

/** Signs up with the form, and waits for the greeting. */
export async function join(page: Page, person: Person, path?: string): Promise<void> {
  await signUp(page, person, path);
  await expect(greeting(page, person.name)).toBeVisible();
}

/** Fills in the sign-in form of the page that is open. */
export async function signIn(page: Page, { email, password }: Omit<Person, "name">): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** In each language. */
export function greeting(page: Page, name: string) {
  return page.getByRole("heading", { name: `, ${name}` });
}

/** Scripts run: what is typed or pressed from now on is seen by them. */
export async function interactive(element: Locator): Promise<void> {
  await expect
    .poll(() => element.evaluate((node) => Object.keys(node).some((key) => key.startsWith("__reactProps"))))
    .toBe(true);
}

/** For the profile page. */
export async function saveName(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Save name" }).click();
}

/** For /security. */
export async function changePassword(page: Page, from: string, to: string): Promise<void> {
  await page.getByLabel("Current password", { exact: true }).fill(from);
  await page.getByLabel("New password", { exact: true }).fill(to);
  await page.getByRole("button", { name: "Change password" }).click();
}

/** The state after a quarter of an hour: the access token and its cookie have expired. */
export async function letAccessTokenExpire(context: BrowserContext): Promise<void> {
  await context.clearCookies({ name: "postern" });
}

/** An access token that has not expired, signed by a key that the API does not know. */
export function unknownAccessToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1_000) + 600;
  return `${part({ alg: "ES256", kid: "gone", typ: "at+jwt" })}.${part({ sub: "1", exp })}.c2lnbmVk`;
}

/** Sets the session's cookies to these values, as the web app at this address would. */
export async function holdCookies(
  context: BrowserContext,
  url: string | undefined,
  { access, refresh }: { readonly access?: string; readonly refresh?: string },
): Promise<void> {
  await context.addCookies([
    ...(access ? [{ name: "postern", value: access, url, httpOnly: true }] : []),
    ...(refresh ? [{ name: "postern-refresh", value: refresh, url, httpOnly: true }] : []),
  ]);
}

/** The page asks to sign in again and leads back to `path`, and the browser has no session cookies. */
export async function expectSignedOut(page: Page, path: string, origin = ""): Promise<void> {
  await expect(page).toHaveURL(`${origin}/signin?next=${encodeURIComponent(path)}&notice=session-ended`);
  await expect(page.getByText("You were signed out. Sign in again to continue.")).toBeVisible();
  expect(await cookieValues(page.context())).toEqual({});
}

/** Confirms that this has just happened in this browser. The web app does this where it does happen. */
export async function holdNotice(
  context: BrowserContext,
  url: string | undefined,
  notice: string | undefined,
): Promise<void> {
  if (notice) await context.addCookies([{ name: NOTICE_COOKIE, value: notice, url, httpOnly: true }]);
}

/** The session's cookies. The device's cookie stays when sessions end, and the notice's cookie for a minute after it. */
export async function cookieValues(context: BrowserContext): Promise<Record<string, string>> {
  const cookies = (await context.cookies()).filter(
    ({ name }) => name !== DEVICE_COOKIE && name !== NOTICE_COOKIE,
  );
  return Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
}

export const DEVICE_COOKIE = "postern-device";
export const NOTICE_COOKIE = "postern-notice";
