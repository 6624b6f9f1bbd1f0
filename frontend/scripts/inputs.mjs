/** What a build of the web app is made of, as one digest. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const IN_ROOT = ["package.json", "package-lock.json", ".npmrc"];
/** What is beside the sources and is no part of a build. */
const APART = /^(e2e|node_modules|test-results|playwright-report|next-env\.d\.ts|\.next)$|\.tsbuildinfo$/;
const TEST = /\.test\.tsx?$/;

/** Of `frontend` and the files beside it. Names and contents count, and where it stands, and the version of Node. */
export function digestOfInputs(frontend) {
  const hash = createHash("sha256").update(JSON.stringify([path.resolve(frontend), process.version]));
  const root = path.dirname(path.resolve(frontend));
  const files = [...IN_ROOT.map((name) => path.join(root, name)).filter(existsSync), ...filesOf(frontend)];
  for (const file of files) {
    const content = createHash("sha256").update(readFileSync(file)).digest("hex");
    hash.update(JSON.stringify([path.relative(root, file), content]));
  }
  return hash.digest("hex");
}

function filesOf(frontend) {
  return readdirSync(frontend)
    .filter((name) => !APART.test(name))
    .flatMap((name) => {
      const place = path.join(frontend, name);
      if (!statSync(place).isDirectory()) return [place];
      return readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !TEST.test(entry.name))
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
    })
    .sort();
}
