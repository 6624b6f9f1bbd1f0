import { join, test as journey } from "./journey";
import { startWeb } from "./processes";
import { Switch } from "./switch";

/** A web app of its own, whose line to the API can be cut; and is, until it is mended or somebody is signed in. */
export const test = journey.extend<{ line: Switch; web: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from this pattern
  line: async ({}, use) => {
    const line = await Switch.to(process.env.E2E_API_URL ?? "");
    await use(line);
    await line.cut();
  },
  web: async ({ line }, use) => {
    const web = await startWeb({ apiUrl: line.url });
    await use(web.url);
    await web.stop();
  },
  signedIn: async ({ line, page, person }, use) => {
    await line.mend();
    await join(page, person);
    await use(page);
  },
  baseURL: async ({ web }, use) => use(web),
});
