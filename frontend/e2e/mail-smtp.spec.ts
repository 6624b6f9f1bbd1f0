import type { Page } from "@playwright/test";
import { expect, greeting, test as journey, signIn, signUp } from "./support/journey";
import { type RunningMailServer, startApi, startMailServer, startWeb } from "./support/processes";

interface Servers {
  /** A web app whose API sends its mails to a real SMTP server. */
  readonly sending: { readonly url: string; readonly apiUrl: string; readonly server: RunningMailServer };
}

const test = journey.extend<Servers>({
  sending: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const server = await startMailServer();
      const api = await startApi({
        SMTP_URL: `smtp://127.0.0.1:${server.port}?disable_starttls=true`,
        MAIL_FROM: "Lanterns <accounts@example.com>",
        MAGIC_LINK: "on",
      });
      const web = await startWeb({ apiUrl: api.url });
      await use({ url: web.url, apiUrl: api.url, server });
      await web.stop();
      await api.stop();
      await server.stop();
    },
    { timeout: 120_000 },
  ],
});

test.use({ baseURL: ({ sending }, use) => use(sending.url), viewport: { width: 390, height: 844 } });

/** The text of the newest mail with this page's link, when it has come. */
async function textWith(server: RunningMailServer, page: string): Promise<string> {
  const found = () => server.mails().findLast(({ text }) => text.includes(`/${page}?token=`))?.text ?? "";
  await expect.poll(found).not.toBe("");
  return found();
}

async function openLinkIn(page: Page, text: string): Promise<void> {
  const { pathname, search } = new URL(text.match(/https?:\/\/\S+\?token=\S+/)?.[0] ?? "");
  await page.goto(pathname + search);
}

test("on a phone: an address is confirmed, a password replaced and a code typed with mails from an SMTP server", async ({
  page,
  person,
  sending: { server, apiUrl },
}) => {
  await signUp(page, person);
  await expect(greeting(page, person.name)).toBeVisible();
  await openLinkIn(page, await textWith(server, "verify-email"));
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("heading", { name: "Address confirmed" })).toBeVisible();

  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await openLinkIn(page, await textWith(server, "reset-password"));
  const password = "three lanterns on a quiet bridge";
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Save new password" }).click();
  await signIn(page, { email: person.email, password });
  await expect(greeting(page, person.name)).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();

  await page.goto("/magic-link");
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  const code = (await textWith(server, "magic-link")).match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/)?.[0] ?? "";
  await page.getByLabel("Code from the mail").fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(greeting(page, person.name)).toBeVisible();

  expect(new Set(server.mails().map(({ to }) => to))).toEqual(new Set([person.email]));
  expect((await fetch(`${apiUrl}/dev/mail`)).status).toBe(404);
});
