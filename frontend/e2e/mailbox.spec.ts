import { signUpAtApi } from "./support/api";
import { findings } from "./support/axe";
import { expect, test } from "./support/journey";
import { mailTo } from "./support/mail";
import { startWeb } from "./support/processes";

test("the mailbox of development lists mails, and shows one with its link", async ({ page, person }) => {
  await signUpAtApi(person);
  const { id } = await mailTo(person.email, "verify_email");
  await page.goto("/dev/mail");
  await expect(page.getByRole("listitem").filter({ hasText: person.email }).first()).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await page.goto(`/dev/mail/${id}`);
  expect(await findings(page)).toEqual([]);
  const html = await page.request.get(`/dev/mail/${id}/html`);
  expect(html.headers()["content-security-policy"]).toMatch(/default-src 'none'.*sandbox/);
  await page.getByRole("link", { name: "Open its link" }).click();
  await expect(page).toHaveURL("/verify-email");
});

test("a web app with a public address has no mailbox, whatever its API shows", async () => {
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl: "https://accounts.example" });
  for (const path of ["/dev/mail", "/dev/mail/1", "/dev/mail/1/html"]) {
    expect((await fetch(web.url + path)).status, path).toBe(404);
  }
  await web.stop();
});
