/** Next.js apps of other people: made by Next's own starter, with the package as `npm pack` makes it. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const ROOT = path.resolve(import.meta.dirname, "../../../..");
const PACKAGE = path.join(ROOT, "packages/next");

/** The starter's own answers, but for a page without typefaces of another host. */
export const STARTER = "npx --yes create-next-app@16.4.3 shop --yes --empty --use-npm --disable-git";
const NEXT = "next@16.4.6";

function run(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): void {
  const [program = "", ...given] = command.split(" ");
  try {
    execFileSync(program, given, {
      cwd,
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = Object(error);
    throw new Error(`${command} failed in ${cwd}:\n${stdout}\n${stderr}`);
  }
}

/** Makes the app and installs its packages. Another run can use its folder again: GUIDE_STARTER=folder. */
export function makeStarter(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-guide-"));
  run(`npm pack --silent --pack-destination ${folder}`, PACKAGE);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  run(`${STARTER} --skip-install`, folder);
  run(
    `npm install --include=dev --no-audit --no-fund --loglevel=error ${NEXT} ../${tarball}`,
    path.join(folder, "shop"),
  );
  return path.join(folder, "shop");
}

/** A copy of the starter. Its packages are hard links, so a copy takes no time. */
export function copyStarter(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-app-"));
  const starter = process.env.GUIDE_STARTER ?? "";
  execFileSync("cp", ["-al", path.join(starter, "node_modules"), folder]);
  cpSync(starter, folder, {
    recursive: true,
    filter: (file) => !/\/(node_modules|\.next)$/.test(file),
  });
  return folder;
}

export function build(folder: string, env: Readonly<Record<string, string>> = {}): void {
  run("npx next build", folder, env);
}

export interface App {
  readonly url: string;
  log(): string;
  stop(): Promise<void>;
}

interface Serving {
  readonly folder: string;
  readonly port: number;
  readonly standalone?: boolean;
  readonly development?: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly path?: string;
}

export async function serve({
  folder,
  port,
  standalone,
  development,
  env,
  path: first = "/",
}: Serving): Promise<App> {
  if (standalone)
    cpSync(path.join(folder, ".next/static"), path.join(folder, ".next/standalone/.next/static"), {
      recursive: true,
    });
  const [program, ...given] = standalone
    ? [path.join(folder, ".next/standalone/server.js")]
    : [
        path.join(folder, "node_modules/next/dist/bin/next"),
        development ? "dev" : "start",
        "--hostname",
        "localhost",
        "--port",
        String(port),
      ];
  const child: ChildProcess = spawn(process.execPath, [program ?? "", ...given], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_ENV: development ? "development" : "production",
      NEXT_TELEMETRY_DISABLED: "1",
      HOSTNAME: "localhost",
      PORT: String(port),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const ended = once(child, "exit");
  const url = `http://localhost:${port}`;
  const deadline = Date.now() + 90_000;
  while (
    !(await fetch(url + first).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`the app does not answer:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    log: () => output,
    async stop() {
      // `next dev` ends its own server then. If it is killed, that one goes on, and writes into the folder.
      child.kill(development ? "SIGTERM" : "SIGKILL");
      await ended;
    },
  };
}

export function remove(folder: string): void {
  // A server that was just stopped may still write into it.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
