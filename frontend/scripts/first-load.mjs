/** The script that a page loads at first, gzipped, by the build's own manifests. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** Bytes. React and Next's own runtime are 132,000 of them: an empty page loads these too. */
export const MOST = 139_000;

const PAGE = "/(auth)/signin/page";

/** The files of a page: what every page loads, and what its entry adds. */
function filesOf(page, build) {
  const { rootMainFiles } = JSON.parse(readFileSync(`${build}/build-manifest.json`, "utf8"));
  const manifest = readFileSync(`${build}/server/app${page}_client-reference-manifest.js`, "utf8");
  const { entryJSFiles } = JSON.parse(manifest.slice(manifest.lastIndexOf("] = {") + 4).replace(/;\s*$/, ""));
  return [...new Set([rootMainFiles, ...Object.values(entryJSFiles)].flat())];
}

export function firstLoad(page = PAGE, build = ".next") {
  const sizes = filesOf(page, build).map((file) => gzipSync(readFileSync(`${build}/${file}`)).length);
  return { total: sizes.reduce((sum, size) => sum + size, 0) };
}
