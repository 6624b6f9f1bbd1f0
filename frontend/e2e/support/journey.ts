/** What the journeys share: a person with an address of their own, and the way through the forms. */

import { randomUUID } from "node:crypto";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const test = base.extend<{ person: Person }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
  person: async ({}, use) => {
    await use({
      name: "Ada Lovelace",
      email: `ada-${randomUUID()}@example.com`,
      password: "a copper door in the wall",
    });
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

/** Fills in the sign-in form of the page that is open. */
export async function signIn(page: Page, { email, password }: Omit<Person, "name">): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export function greeting(page: Page, name: string) {
  return page.getByRole("heading", { name: `Hello, ${name}` });
}

/** As after a quarter of an hour: the access token's cookie is gone with its token. */
export async function letAccessTokenExpire(context: BrowserContext): Promise<void> {
  await context.clearCookies({ name: "postern" });
}

/** Fresh by its date, and signed by a key that nobody has. */
export function unknownAccessToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1_000) + 600;
  return `${part({ alg: "ES256", kid: "gone", typ: "at+jwt" })}.${part({ sub: "1", exp })}.c2lnbmVk`;
}

export const SIGNED_OUT_KINDLY = "You were signed out. Sign in again to go on.";

export async function cookieValues(context: BrowserContext): Promise<Record<string, string>> {
  return Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]));
}
