import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PAGES } from "postern-auth/web";
import { expect, it } from "vitest";

const APP = fileURLToPath(new URL("app", import.meta.url));

/** Not on other hosts, or not as a page. */
const OWN = ["dev", ".well-known", "brand", "icon.svg"];

it("another app's host shows every page of this app except the front page", () => {
  const folders = (place: string) =>
    readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const pages = folders(APP).flatMap(({ name }) => {
    if (!name.startsWith("(")) return [name];
    return folders(`${APP}/${name}`)
      .map((inner) => inner.name)
      .filter((inner) => readdirSync(`${APP}/${name}/${inner}`, { recursive: true }).some(isPage));
  });
  expect([...new Set(pages)].filter((page) => !OWN.includes(page)).sort()).toEqual([...PAGES]);
});

function isPage(file: unknown): boolean {
  return /(^|\/)(page\.tsx|route\.ts)$/.test(String(file));
}
