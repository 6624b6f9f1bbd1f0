import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { OURS } from "./catalogue";
import { hasForms, placeholdersIn } from "./changes";

type Tree = { readonly [key: string]: string | Tree };

/** Each sentence by its key. The forms of a count are one sentence. */
function sentencesIn(tree: Tree, at = ""): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(at + key, [value]);
    else if (hasForms(value)) found.set(at + key, Object.values(value).map(String));
    else for (const [name, texts] of sentencesIn(value, `${at}${key}.`)) found.set(name, texts);
  }
  return found;
}

const ENGLISH = sentencesIn(OURS.en);

describe.each(Object.entries(OURS))("the catalogue of %s", (_language, words) => {
  const sentences = sentencesIn(words);

  it("has the same keys as the English one, and the same placeholders", () => {
    const placeholders = (of: typeof sentences) =>
      Object.fromEntries([...of].map(([key, texts]) => [key, placeholdersIn(texts)]));
    expect(placeholders(sentences)).toEqual(placeholders(ENGLISH));
  });

  it("has no sentence that is empty or has a space at an end", () => {
    for (const [key, texts] of sentences) for (const text of texts) expect(text, key).toMatch(/^\S(.*\S)?$/);
  });
});

it("no German sentence is an English one, unless it is a name", () => {
  const german = sentencesIn(OURS.de);
  const same = [...ENGLISH].filter(([key, texts]) => texts.join() === german.get(key)?.join());
  expect(same.map(([key]) => key)).toEqual(["profile.name", "passkeys.title", "signup.name"]);
});

const SRC = path.resolve(import.meta.dirname, "..");
const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) =>
  /(?<!\.test|\.d)\.tsx?$/.test(file),
);
const textOf = (file: string) => readFileSync(path.join(SRC, file), "utf8");

describe("no catalogue is in a script of the browser", () => {
  it("because its module is for the server only, where a build refuses it in client components", () => {
    expect(textOf("words/catalogue.ts")).toContain('import "server-only";');
  });

  it("and no other module reads the files", () => {
    const readers = FILES.filter((file) => /^import (?!type).*\b(en|de)\.json"/m.test(textOf(file)));
    expect(readers).toEqual(["words/catalogue.ts"]);
  });
});

/** The mailbox of development stays English. Nothing gives words to the page that is shown if the layout fails. */
const PAGES = FILES.filter(
  (file) => file.endsWith(".tsx") && !file.startsWith("app/dev/") && file !== "app/global-error.tsx",
);

describe("every sentence that people see comes from the catalogue", () => {
  it.each(PAGES)("%s", (file) => {
    const text = textOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    const between = [...text.matchAll(/[}\w"]>\s*([A-Za-zÀ-ž“][^<>{}=;()]*)</g)];
    const given = [
      ...text.matchAll(/\b(?:aria-label|label|title|lead|hint|busy|alt|placeholder|term)="([^"]+)"/g),
    ];
    const written = [...between, ...given].map(([, words = ""]) => words.trim()).filter(Boolean);
    expect(written).toEqual(file === "app/page.tsx" ? ["postern"] : []);
  });
});
