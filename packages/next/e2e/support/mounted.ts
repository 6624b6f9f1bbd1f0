/** The apps of packages/next/e2e/app: each built once, and served with a web app and an API of its own line. */

import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { freePort, startWeb } from "../../../../frontend/e2e/support/processes";
import { build, copyStarter, remove, serve } from "./apps";

export const VARIANTS = ["an app", "an app with a basePath and a src folder"] as const;

type Variant = (typeof VARIANTS)[number];

/** What the journeys need to know. */
export interface Mounted {
  /** Where people open the app, without its basePath. */
  readonly url: string;
  readonly basePath: string;
  readonly folder: string;
  /** Both servers reach the API at this port. A journey can cut that line. */
  readonly linePort: number;
  /** Where the app looks for a service of somebody else. */
  readonly bankPort: number;
}

/** Playwright reads the journeys before it starts anything. */
const NOTHING_YET: Mounted = { url: "", basePath: "", folder: "", linePort: 0, bankPort: 0 };

export function mounted(name: Variant): Mounted {
  return JSON.parse(process.env.E2E_MOUNTED ?? "{}")[name] ?? NOTHING_YET;
}

export interface Standing {
  readonly name: Variant;
  readonly is: Mounted;
  stop(): Promise<void>;
}

export async function mount(name: Variant, apiUrl: string): Promise<Standing> {
  const inSrc = name !== "an app";
  const basePath = inSrc ? "/shop" : "";
  const [port, linePort, bankPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const web = await startWeb({ apiUrl: `http://localhost:${linePort}`, webUrl: url });
  const folder = copyStarter();
  for (const own of ["app", "next.config.ts"]) rmSync(path.join(folder, own), { recursive: true });
  cpSync(path.resolve(import.meta.dirname, "../app"), folder, { recursive: true });
  if (inSrc) {
    mkdirSync(path.join(folder, "src"));
    for (const own of ["app", "proxy.ts", "postern.ts"])
      renameSync(path.join(folder, own), path.join(folder, "src", own));
  }
  // Only a basePath needs a setting when the app is built.
  build(folder, basePath ? { BASE_PATH: basePath, POSTERN_WEB_URL: web.url } : {});
  const app = await serve({
    folder,
    port,
    standalone: !inSrc,
    path: basePath || "/",
    env: {
      BASE_PATH: basePath,
      POSTERN_URL: apiUrl,
      POSTERN_INTERNAL_URL: `http://localhost:${linePort}`,
      POSTERN_WEB_URL: web.url,
      BANK_URL: `http://localhost:${bankPort}`,
    },
  });
  return {
    name,
    is: { url, basePath, folder, linePort, bankPort },
    async stop() {
      await app.stop();
      await web.stop();
      remove(folder);
    },
  };
}
