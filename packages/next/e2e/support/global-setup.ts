import { startApi } from "../../../../frontend/e2e/support/processes";
import { makeStarter } from "./apps";
import { mount, type Standing, VARIANTS } from "./mounted";

/** One API for all journeys, and apps with the packed package. They are built here, once: a failed test starts a new worker. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  process.env.GUIDE_STARTER ??= makeStarter();
  const api = await startApi();
  const apps: Standing[] = [];
  for (const name of VARIANTS) apps.push(await mount(name, api.url));
  process.env.E2E_MOUNTED = JSON.stringify(Object.fromEntries(apps.map(({ name, is }) => [name, is])));
  process.env.E2E_API_URL = api.url;
  process.env.E2E_DATABASE_URL = api.databaseUrl;
  process.env.E2E_PSQL = api.psql;
  return async () => {
    for (const app of apps) await app.stop();
    await api.stop();
  };
}
