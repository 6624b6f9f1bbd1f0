/** A visitor may write any address into X-Forwarded-For. What counts is the address that they really came from. */

import { networkInterfaces } from "node:os";
import { expect, join, test as journey, signIn } from "./support/journey";
import { test } from "./support/line";
import { startWeb } from "./support/processes";

const CLAIMED = { extraHTTPHeaders: { "x-forwarded-for": "6.6.6.6" } };

journey.describe("a visitor who claims another address", () => {
  journey.use(CLAIMED);

  journey("is listed under their real address", async ({ page, person }) => {
    // The API would believe a claim that comes from loopback, as it believes a proxy on the same machine.
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === "IPv4" && !one.internal)?.address;
    journey.skip(!address, "this machine has no address but loopback");
    const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", host: address });
    await join(page, person, `${web.url}/signup`);
    await page.goto(`${web.url}/security`);
    const device = page.getByRole("list", { name: "Devices" }).locator("> li");
    await expect(device).toHaveCount(1);
    await expect(device.getByText(String(address), { exact: true })).toBeVisible();
    await expect(page.getByText("6.6.6.6")).toHaveCount(0);
    await web.stop();
  });
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts";

  test.describe(`to the API, ${how},`, () => {
    test.use({ ...CLAIMED, javaScriptEnabled });

    test("the real address is sent last and once, also if an action leads to another page", async ({
      page,
      line,
      person,
    }) => {
      await line.restore();
      await join(page, person);
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page).toHaveURL(/signin/);
      await signIn(page, person);
      await expect(page).toHaveURL("/profile");

      const sent = new Set(line.heard.map((headers) => String(headers["x-forwarded-for"])));
      expect(sent.size).toBe(1);
      const [claimed, ...rest] = String([...sent]).split(", ");
      expect(claimed).toBe("6.6.6.6");
      expect(rest).toEqual([expect.stringMatching(/^(::1|(::ffff:)?127\.0\.0\.1)$/)]);
      expect(line.heard.every((headers) => headers["postern-peer"] === undefined)).toBe(true);
      expect(line.heard.at(-1)?.["user-agent"]).toMatch(/Chrome/);
    });
  });
}
