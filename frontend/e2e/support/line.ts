import { arrive, test as journey } from "./journey";
import { Switch } from "./switch";

/** A web app with a line to the API that can be cut. It is cut until `restore` or until somebody is signed in. */
export const test = journey.extend<{ line: Switch }>({
  line: async ({ distant }, use) => {
    const line = new Switch(process.env.E2E_API_URL, distant.port);
    await use(line);
    await line.cut();
  },
  signedIn: async ({ line, page, person, userAgent, distant }, use) => {
    await line.restore();
    await arrive(page, person, { url: distant.web.url, userAgent });
    await use(page);
  },
  baseURL: ({ distant }, use) => use(distant.web.url),
});
