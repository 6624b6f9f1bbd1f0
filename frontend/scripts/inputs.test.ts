import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { digestOfInputs } from "./inputs.mjs";

let root: string;

function write(file: string, content = "one"): void {
  const place = path.join(root, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, content);
}

const digest = () => digestOfInputs(path.join(root, "frontend"));

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "postern-"));
  for (const file of ["package-lock.json", "frontend/next.config.ts", "frontend/src/app/page.tsx"])
    write(file);
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  "package-lock.json",
  "package.json",
  "frontend/next.config.ts",
  "frontend/src/app/page.tsx",
  "frontend/src/app/new.tsx",
  "frontend/public/new.svg",
  "frontend/.env",
  "frontend/.env.production",
  "packages/next/src/web.ts",
  "packages/next/package.json",
])("the web app is built again if %s changes or is new", (file) => {
  const before = digest();
  write(file, "another");
  expect(digest()).not.toBe(before);
});

it.each([
  "README.md",
  "frontend/src/app/page.test.ts",
  "frontend/e2e/account.spec.ts",
  "frontend/.next/BUILD_ID",
  "frontend/node_modules/next/package.json",
  "frontend/next-env.d.ts",
  "packages/next/dist/web.js",
  "packages/next/src/web.test.ts",
])("the build is kept if %s changes or is new", (file) => {
  const before = digest();
  write(file, "another");
  expect(digest()).toBe(before);
});

it("the digest changes if a file is renamed or removed", () => {
  const before = digest();
  rmSync(path.join(root, "frontend/src/app/page.tsx"));
  const without = digest();
  write("frontend/src/app/other.tsx");
  expect(new Set([before, without, digest()]).size).toBe(3);
});
