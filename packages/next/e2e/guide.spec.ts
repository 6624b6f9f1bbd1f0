/** docs/adopt/nextjs.md, followed word for word in an app of Next's own starter. */

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "@playwright/test";
import { signIn, test } from "../../../frontend/e2e/support/journey";
import { freePort, startWeb } from "../../../frontend/e2e/support/processes";
import { build, copyStarter, ROOT, remove, STARTER, serve } from "./support/apps";
import { follow, readGuide } from "./support/guide";

const guide = readGuide(path.join(ROOT, "docs/adopt/nextjs.md"));

/** Next makes it when it builds, since nothing in it asks who the person is. */
const NOTES = "export default function Page() { return <p>Kept between us</p>; }";

test("the guide has at most four steps and ten lines", () => {
  expect(guide.steps.length).toBeLessThanOrEqual(4);
  expect(guide.lines).toBeLessThanOrEqual(10);
  expect(guide.commands.map((command) => command.replace(/=.*? /, "=… "))).toEqual([
    "WEB_URL=… make dev",
    "npm pack ../postern/packages/next",
    "npm install next@latest ./postern-auth-0.1.0.tgz",
  ]);
  expect(STARTER).toContain("shop --yes --empty");
});

test("an app that follows the guide has sign-up, a protected page and a protected API", async ({
  page,
  person,
}) => {
  const began = Date.now();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl: url });
  const folder = copyStarter();
  follow(guide, folder, {
    "http://localhost:8000": process.env.E2E_API_URL ?? "",
    "http://localhost:3000": web.url,
  });
  mkdirSync(path.join(folder, "app/app/notes"));
  writeFileSync(path.join(folder, "app/app/notes/page.tsx"), NOTES);
  build(folder);
  const app = await serve({ folder, port, env: {} });
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`docs/adopt/nextjs.md: ${guide.steps.length} steps, ${guide.lines} lines, ${seconds} seconds`);

  await page.goto(`${url}/app`);
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(`${url}/app`);
  await expect(page.getByRole("heading", { name: `Hello, ${person.email}` })).toBeVisible();

  const orders = await page.context().request.get(`${url}/api/orders`);
  expect(await orders.json()).toEqual({ user: expect.any(Number) });

  const { request } = page.context();
  const notes = await request.get(`${url}/app/notes`);
  expect([await notes.text(), notes.headers()["cache-control"]]).toEqual([
    expect.stringContaining("Kept between us"),
    "private, no-store",
  ]);
  const token = (await page.context().cookies()).find(({ name }) => name === "postern")?.value ?? "";
  const cookie = `postern=${token.replace(/[^.]+$/, "A".repeat(86))}`;
  for (const method of ["GET", "POST", "OPTIONS"]) {
    const refused = await fetch(`${url}/app/notes`, { method, headers: { cookie }, redirect: "manual" });
    expect(refused.ok || (await refused.text()).includes("Kept between us")).toBe(false);
  }
  await page.context().clearCookies({ name: "postern" });
  const open = await request.get(url);
  expect(open.headers()["set-cookie"]).toContain("postern-refresh=");
  expect(open.headers()["cache-control"]).toBe("private, no-store");

  await page.context().clearCookies({ name: "postern" });
  const tabs = await Promise.all(Array.from({ length: 10 }, () => page.context().newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(`${url}/app`)));
  for (const tab of tabs) await expect(tab.getByRole("heading", { name: "Hello" })).toBeVisible();

  await page.goto(`${url}/profile`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(`${url}/signin?notice=signed-out`);
  expect((await page.context().request.get(`${url}/api/orders`)).status()).toBe(401);
  await page.goto(`${url}/app`);
  await expect(page).toHaveURL(`${url}/signin?next=%2Fapp`);
  await app.stop();

  const developed = await serve({ folder, port, env: {}, development: true });
  await signIn(page, person);
  await expect(page.getByRole("heading", { name: `Hello, ${person.email}` })).toBeVisible();
  expect(developed.log()).not.toContain("Error");
  await developed.stop();
  await web.stop();
  remove(folder);
});
