import { freePort, startApi, startWeb } from "./processes";

/** One API and one web app for all journeys; each journey makes accounts of its own. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const port = await freePort();
  const api = await startApi({ WEB_URL: `http://localhost:${port}` });
  const web = await startWeb({ apiUrl: api.url, port }).catch(async (error) => {
    await api.stop();
    throw error;
  });
  process.env.E2E_API_URL = api.url;
  process.env.E2E_DATABASE_URL = api.databaseUrl;
  process.env.E2E_PSQL = api.psql;
  process.env.E2E_WEB_URL = web.url;
  return async () => {
    await web.stop();
    await api.stop();
  };
}
