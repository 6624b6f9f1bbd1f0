/** Builds the web app, unless the build that is there is made of the same inputs. */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { digestOfInputs } from "./inputs.mjs";

const STANDALONE = ".next/standalone/frontend";
const MADE_OF = ".next/standalone/.made-of";

const inputs = digestOfInputs(".");
if (existsSync(MADE_OF) && readFileSync(MADE_OF, "utf8") === inputs) {
  process.stdout.write(
    "The build is made of the same files as before. To build anew, remove frontend/.next.\n",
  );
} else {
  rmSync(MADE_OF, { force: true });
  const { status } = spawnSync("next", ["build"], { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
  // Next leaves the static files out of its standalone server; with them it is complete.
  cpSync(".next/static", `${STANDALONE}/.next/static`, { recursive: true });
  writeFileSync(MADE_OF, inputs);
}
