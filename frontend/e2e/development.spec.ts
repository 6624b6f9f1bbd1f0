/** The web app of `make dev`, which no other journey looks at. */

import { expect, test } from "./support/journey";
import { startDevelopment } from "./support/processes";

test("a page of the development server has the styles of the built one", async ({ page }) => {
  const styles = async () => {
    const button = page.getByRole("button", { name: "Sign in", exact: true });
    await expect(button).toBeVisible();
    return button.evaluate((element) => {
      const { backgroundColor, borderRadius, height } = getComputedStyle(element);
      return { backgroundColor, borderRadius, height };
    });
  };
  await page.goto("/signin");
  const built = await styles();
  const development = await startDevelopment(process.env.E2E_API_URL ?? "");
  try {
    await page.goto(`${development.url}/signin`);
    await expect.poll(styles).toEqual(built);
  } finally {
    await development.stop();
  }
});
