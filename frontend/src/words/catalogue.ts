/**
 * The sentences that people see, in each language: ours, with the changes of the folder WORDS. Only the server has them.
 * Client components get the few that they need as props.
 */

import "server-only";

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { env } from "@/env";
import { type Catalogues, InvalidWords, type WordsFile, withChanges } from "./changes";
import de from "./de.json";
import en from "./en.json";
import { languageOf } from "./language";
import type { Spoken, Words } from "./words";

/** The types refuse a sentence that only one of our languages has. */
export const OURS = { en: en satisfies typeof de, de: de satisfies Words };

declare global {
  /** On `globalThis`, since each of Next's bundles has its own copy of this module. */
  var posternWords: Catalogues | undefined;
}

/** Read once. src/start.ts does it before the first request. */
export function catalogues(): Catalogues {
  globalThis.posternWords ??= withChanges(new Map(Object.entries(OURS)), en, filesIn(env().words));
  return globalThis.posternWords;
}

/** For the Accept-Language of a request: one language, once src/start.ts has prepared the request. */
export function spokenIn(acceptLanguage: string | null | undefined): Spoken {
  const known = catalogues();
  const language = languageOf({ chosen: undefined, acceptLanguage: acceptLanguage ?? "" }, known.keys());
  return { language, words: known.get(language) ?? en };
}

function filesIn(folder: string | undefined): WordsFile[] {
  if (folder === undefined) return [];
  if (!path.isAbsolute(folder) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidWords("The web app cannot start: WORDS must be the full path of a folder that exists.");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => {
      const file = path.join(/* turbopackIgnore: true */ folder, name);
      return { path: file, language: languageNamed(file), text: readFileSync(file, "utf8") };
    });
}

/** The language of the file `pt-BR.json`. */
function languageNamed(file: string): string {
  const name = path.basename(file, ".json");
  try {
    const [language] = Intl.getCanonicalLocales(name);
    if (language === name) return language;
  } catch {
    // Not a language at all: the same error says it.
  }
  throw new InvalidWords(
    `The web app cannot start: ${file} must be named after a language, such as fr.json or pt-BR.json.`,
  );
}
