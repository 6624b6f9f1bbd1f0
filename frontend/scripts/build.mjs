/** Builds the web app, unless the existing build has the same inputs. */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { firstLoad, MOST } from "./first-load.mjs";
import { digestOfInputs } from "./inputs.mjs";

const STANDALONE = ".next/standalone/frontend";
const INPUTS_FILE = ".next/standalone/.made-of";

const inputs = digestOfInputs(".");
if (existsSync(INPUTS_FILE) && readFileSync(INPUTS_FILE, "utf8") === inputs) {
  process.stdout.write(
    "The web app is already built from these files. To build it again, remove frontend/.next.\n",
  );
} else {
  rmSync(INPUTS_FILE, { force: true });
  run(process.execPath, "../packages/next/scripts/build.mjs");
  run("next", "build");
  // Copies the static files into the standalone server, since Next leaves them out.
  cpSync(".next/static", `${STANDALONE}/.next/static`, { recursive: true });
  writeFileSync(INPUTS_FILE, inputs);
}

function run(command, ...given) {
  const shell = process.platform === "win32" && command === "next";
  const { status } = spawnSync(command, given, { stdio: "inherit", shell });
  if (status !== 0) process.exit(status ?? 1);
}

const { total } = firstLoad();
process.stdout.write(`First-load JavaScript of /signin: ${total} bytes gzipped, of at most ${MOST}.\n`);
if (total > MOST) process.exit(1);
