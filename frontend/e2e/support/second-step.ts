/** The steps of people with an authenticator app. */

import { expect, type Locator, type Page } from "@playwright/test";
import { addAppAtApi, type Enrolled, signUpAtApi } from "./api";
import { letCodesCountAgain, proveAddress } from "./database";
import { type Person, signIn } from "./journey";
import { en } from "./words";

export const code = (page: Page) => page.getByLabel(en.secondStep.code, { exact: true });
export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** A person with an app, whose codes all count. */
export async function enrolled(person: Person): Promise<Enrolled> {
  await signUpAtApi(person);
  await proveAddress(person.email);
  const app = await addAppAtApi(person);
  await letCodesCountAgain(person.email);
  return app;
}

/** Scripts run: what is typed from now on is seen by them. */
export async function interactive(element: Locator): Promise<void> {
  await expect
    .poll(() => element.evaluate((node) => Object.keys(node).some((key) => key.startsWith("__reactProps"))))
    .toBe(true);
}

/** Types a code. With scripts it sends itself; without them, the button with this name is pressed. */
export async function send(page: Page, typed: string, submit: true | string = true): Promise<void> {
  if (submit === true) await interactive(code(page));
  await code(page).fill(typed);
  if (submit !== true) await button(page, submit).click();
}

/** The first step. The second one is shown then. */
export async function toSecondStep(page: Page, person: Person, path = "/signin"): Promise<void> {
  await page.goto(path);
  await signIn(page, person);
  await expect(code(page)).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await button(page, en.account.signOut).first().click();
  await expect(page.getByText(en.signin.notices["signed-out"])).toBeVisible();
}

/** The key of the app that the page shows. */
export async function shownSecret(page: Page): Promise<string> {
  return ((await page.locator("code").textContent()) ?? "").replaceAll(" ", "");
}
