/** Compiles the package into dist, unless dist was made from the same inputs. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const PACKAGE = path.dirname(import.meta.dirname);
const MADE_OF = path.join(PACKAGE, "dist/.made-of");

const sources = readdirSync(path.join(PACKAGE, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
const settings = ["package.json", "tsconfig.json", "tsconfig.build.json"].map((name) =>
  path.join(PACKAGE, name),
);
const hash = createHash("sha256");
for (const file of [...settings, ...sources].sort())
  hash.update(JSON.stringify([path.relative(PACKAGE, file), readFileSync(file, "utf8")]));
const digest = hash.digest("hex");

if (!existsSync(MADE_OF) || readFileSync(MADE_OF, "utf8") !== digest) {
  rmSync(path.join(PACKAGE, "dist"), { recursive: true, force: true });
  const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], {
    cwd: PACKAGE,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(MADE_OF, digest);
}
