/** Computes one digest of all inputs of a build of the web app. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const IN_ROOT = ["package.json", "package-lock.json", ".npmrc", "backend/src/passwords/leaked.bin"];
/** The package that the web app is built on. */
const PACKAGE = "packages/next";
/** Files and folders beside the sources that are not part of a build. */
const APART =
  /^(e2e|node_modules|test-results|playwright-report|next-env\.d\.ts|\.next|dist)$|\.tsbuildinfo$/;
const TEST = /\.test\.tsx?$/;

/** Covers names and contents in `frontend` and in the package, the root's packages, the list of leaked passwords, the folder's path and Node's version. */
export function digestOfInputs(frontend) {
  const hash = createHash("sha256").update(JSON.stringify([path.resolve(frontend), process.version]));
  const root = path.dirname(path.resolve(frontend));
  const files = [
    ...IN_ROOT.map((name) => path.join(root, name)).filter(existsSync),
    ...[path.join(root, PACKAGE), frontend].filter(existsSync).flatMap(filesOf),
  ];
  for (const file of files) {
    const content = createHash("sha256").update(readFileSync(file)).digest("hex");
    hash.update(JSON.stringify([path.relative(root, file), content]));
  }
  return hash.digest("hex");
}

function filesOf(folder) {
  return readdirSync(folder)
    .filter((name) => !APART.test(name))
    .flatMap((name) => {
      const place = path.join(folder, name);
      if (!statSync(place).isDirectory()) return [place];
      return readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !TEST.test(entry.name))
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
    })
    .sort();
}
