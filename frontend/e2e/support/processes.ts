/** The real processes that the journeys use: the API with its own PostgreSQL, and the built web app. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

/** Milliseconds until a process that was asked to end is ended. */
const PATIENCE = 20_000;

const FRONTEND = path.resolve(import.meta.dirname, "../..");
export const BACKEND = path.resolve(FRONTEND, "../backend");

export interface Running {
  readonly url: string;
  /** What it has written to its log. */
  log(): string;
  stop(): Promise<void>;
}

export interface RunningApi extends Running {
  readonly databaseUrl: string;
  /** The path of the psql of that database. */
  readonly psql: string;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || !address) throw new Error("no port is free");
  return address.port;
}

/**
 * `settings` are added to those of the tests. Limits are off unless `settings` turns them on. With a `DATABASE_URL` it
 * uses that database. Otherwise it starts and migrates a separate one.
 */
export async function startApi(settings: Readonly<Record<string, string>> = {}): Promise<RunningApi> {
  const python = path.join(BACKEND, ".venv/bin/python");
  if (!existsSync(python))
    throw new Error("The API has no Python environment. Run make setup in the folder above.");
  const port = await freePort();
  const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const child = spawn(python, ["-m", "tests.support.api_server", "--port", String(port), ...given], {
    cwd: BACKEND,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const running = await answering(child, `http://localhost:${port}`, "/livez");
  const printed = (what: string) => output.match(new RegExp(`^${what}: (.+)$`, "m"))?.[1] ?? "";
  return { ...running, databaseUrl: printed("database"), psql: printed("psql") };
}

interface WebOptions {
  readonly apiUrl: string;
  readonly appName?: string;
  /** Other settings, such as those of the look. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The web app's public address (WEB_URL), if it is not the address at which it listens. */
  readonly webUrl?: string;
  /** The address of this machine at which it listens. */
  readonly host?: string;
  /** The API has to know it for passkeys. By default any free port. */
  readonly port?: number;
  /** A folder with changed sentences. */
  readonly words?: string;
}

export async function startWeb({
  apiUrl,
  appName = "",
  settings = {},
  webUrl,
  host = "localhost",
  port: given,
  words = "",
}: WebOptions): Promise<Running> {
  const server = path.join(FRONTEND, ".next/standalone/frontend/server.js");
  if (!existsSync(server)) throw new Error("There is no production build yet. Run npm run build.");
  const port = given ?? (await freePort());
  const url = `http://${host}:${port}`;
  const child = spawn(process.execPath, [server], {
    env: {
      ...process.env,
      NODE_ENV: "production",
      HOSTNAME: host,
      PORT: String(port),
      APP_NAME: appName,
      API_URL: apiUrl,
      WEB_URL: webUrl ?? url,
      WORDS: words,
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return answering(child, url, "/icon.svg");
}

/** As `make dev` runs it: pages are compiled when they are asked for. */
export async function startDevelopment(apiUrl: string): Promise<Running> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const next = path.join(FRONTEND, "../node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "dev", "--port", String(port)], {
    cwd: FRONTEND,
    env: {
      ...process.env,
      NODE_ENV: "development",
      NEXT_TELEMETRY_DISABLED: "1",
      API_URL: apiUrl,
      WEB_URL: url,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return answering(child, url, "/icon.svg");
}

export interface PrintedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface RunningMailServer {
  readonly port: number;
  /** What it has taken so far, the oldest first. */
  mails(): readonly PrintedMail[];
  stop(): Promise<void>;
}

/** A real SMTP server, without TLS. */
export async function startMailServer(): Promise<RunningMailServer> {
  const python = path.join(BACKEND, ".venv/bin/python");
  const child = spawn(python, ["-m", "tests.support.smtp_printer"], {
    cwd: BACKEND,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let output = "";
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const printed = output.match(/^port: (\d+)$/m)?.[1];
      if (printed) resolve(Number(printed));
    });
    child.once("exit", () => reject(new Error("the mail server has ended")));
  });
  return {
    port,
    mails: () =>
      output
        .split("\n")
        .slice(0, -1)
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line)),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answering(child: ChildProcess, url: string, path: string): Promise<Running> {
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const ended = once(child, "exit");

  const deadline = Date.now() + 90_000;
  while (!(await answers(url + path))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`${child.spawnargs.join(" ")} does not answer:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    log: () => output,
    async stop() {
      child.kill("SIGTERM");
      // Next waits for connections that a browser keeps open. Nothing of a journey depends on how it ends.
      const longEnough = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      await ended;
      clearTimeout(longEnough);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
