/** Biome refuses import cycles between files. These tests refuse import cycles between folders. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

/** The folders and files of src. Each may import only those below it in this list. A test may import anything. */
const LAYERS = [
  ...["instrumentation", "start", "proxy", "app", "components", "forms", "session", "api"],
  ...["content-security-policy", "invalid-http", "every-answer", "words", "lib", "env", "look"],
];

/** The only file outside of src: data that the API has, too. */
const SHARED = "../../backend/src/passwords/leaked.bin";

const SRC = fileURLToPath(new URL(".", import.meta.url));
const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) =>
  /(?<!\.test|\.d)\.tsx?$/.test(file),
);

const IMPORT = /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*"(@\/|\.{1,2}\/)([^"]+)"/g;

function importsOf(file: string): string[] {
  return [...readFileSync(join(SRC, file), "utf8").matchAll(IMPORT)].map(([, start = "", path = ""]) =>
    start === "@/" ? path : join(dirname(file), start, path),
  );
}

function layerOf(path: string): string {
  return path.replace(/[/.].*$/, "");
}

it("every folder and file of src is in the list of layers", () => {
  expect([...new Set(FILES.map(layerOf))].sort()).toEqual(LAYERS.toSorted());
});

it.each(LAYERS)("%s imports only from itself and from the layers below it", (layer) => {
  const allowed = LAYERS.slice(LAYERS.indexOf(layer));
  const refused = FILES.filter((file) => layerOf(file) === layer).flatMap((file) =>
    importsOf(file)
      .filter((path) => path !== SHARED && !allowed.includes(layerOf(path)))
      .map((path) => `${file} imports ${path}`),
  );
  expect(refused).toEqual([]);
});
