import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SRC = fileURLToPath(new URL(".", import.meta.url));
const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) =>
  /(?<!\.test)\.tsx?$/.test(file),
);
const PACKAGE = JSON.parse(readFileSync(`${SRC}/../package.json`, "utf8"));
const README = readFileSync(`${SRC}/../README.md`, "utf8");

it("nothing can be called from the browser as a Server Action", () => {
  const actions = FILES.filter((file) => readFileSync(`${SRC}/${file}`, "utf8").includes('"use server"'));
  expect(actions).toEqual([]);
});

it("the only dependency is jose", () => {
  expect(Object.keys(PACKAGE.dependencies)).toEqual(["jose"]);
  const imported = FILES.flatMap((file) =>
    [...readFileSync(`${SRC}/${file}`, "utf8").matchAll(/(?:from|import) "([^."][^"]*)"/g)].map(
      ([, name = ""]) => name.split("/")[0] ?? "",
    ),
  );
  const known = /^(node:.+|jose|next|react|server-only)$/;
  expect([...new Set(imported)].filter((name) => !known.test(name))).toEqual([]);
});

it("the guide installs the file that `npm pack` makes, since no registry has the package yet", () => {
  const guide = readFileSync(`${SRC}/../../../docs/adopt/nextjs.md`, "utf8");
  expect(guide).toContain(`npm install next@latest ./${PACKAGE.name}-${PACKAGE.version}.tgz\n\`\`\``);
});

it("its licence is that of Postern", () => {
  const text = (folder: string) => readFileSync(`${SRC}/${folder}/LICENSE`, "utf8");
  expect(text("..")).toBe(text("../../.."));
});

it("the README names every entry and every export", () => {
  const entries = Object.keys(PACKAGE.exports).filter((entry) => entry !== "./package.json");
  for (const entry of entries) expect(README).toContain(`## \`postern-auth${entry.slice(1)}\``);
  const exported = ["index.ts", "config.ts", "sign-out.ts", "react/index.ts"].flatMap((file) =>
    exportsOf(readFileSync(`${SRC}/${file}`, "utf8")),
  );
  expect(exported.length).toBeGreaterThan(15);
  for (const name of exported) expect(README).toMatch(new RegExp(`\\b${name}\\b`));
});

function exportsOf(source: string): string[] {
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace(/^type /, "")),
  );
  const own = [...source.matchAll(/export (?:async )?function (\w+)/g)].map(([, name = ""]) => name);
  return [...lists, ...own].filter(Boolean);
}
