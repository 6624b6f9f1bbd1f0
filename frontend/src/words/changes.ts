/** Applies an adopter's files to our sentences. Pure: it takes the texts of the files. */

import { PLACEHOLDER } from "@/lib/fill";
import type { Words } from "./words";

export interface WordsFile {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

export type Catalogues = ReadonlyMap<string, Words>;

/** Words that cannot be used. The message names each file and key. */
export class InvalidWords extends Error {
  override name = "InvalidWords";
}

type Tree = { readonly [key: string]: string | Tree };
type Report = (at: string, fault: string) => void;

/** The most faults that are shown: a file of another release may have hundreds. */
const MOST = 5;

/** A file of a language that we have changes sentences. One of another language adds it, so it has all of them. */
export function withChanges(ours: Catalogues, english: Words, files: readonly WordsFile[]): Catalogues {
  const faults: string[] = [];
  const all = new Map(ours);
  for (const { path, language, text } of files) {
    const report: Report = (at, fault) => faults.push(`${path}: ${at}${fault}`);
    const known = all.get(language);
    const changes = webIn(text, report);
    if (changes === undefined && known) continue;
    const tree = changed(known ?? english, changes ?? {}, { at: "web", language, complete: !known, report });
    if (isLike(tree, english)) all.set(language, tree);
  }
  if (faults.length > 0) {
    const left = faults.length - MOST;
    const shown = [...faults.slice(0, MOST), ...(left > 0 ? [`and ${left} more like these`] : [])];
    throw new InvalidWords(["The web app cannot start with these words (WORDS):", ...shown].join("\n  - "));
  }
  return all;
}

/** The part of a file that is for the web app. The API reads the other one. */
function webIn(text: string, report: Report): unknown {
  const content = parsed(text);
  if (!isObject(content)) {
    report("", "the file must have one JSON object.");
    return;
  }
  for (const part of Object.keys(content)) {
    if (part !== "web" && part !== "mail") report(part, ' is not known. There are "web" and "mail".');
  }
  return content.web;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Place {
  readonly at: string;
  readonly language: string;
  /** True if no sentence may be missing. */
  readonly complete: boolean;
  readonly report: Report;
}

function changed(base: Tree, changes: unknown, place: Place): Tree {
  const { at, language, complete, report } = place;
  if (!isObject(changes)) {
    report(at, " must be an object with sentences.");
    return base;
  }
  if (hasForms(base)) return formsOf(base, changes, place);
  for (const key of Object.keys(changes)) {
    if (!Object.hasOwn(base, key)) report(`${at}.${key}`, " is not a sentence of this release.");
  }
  const entries = Object.entries(base).map(([key, ours]) => {
    const theirs = Object.hasOwn(changes, key) ? changes[key] : undefined;
    const here = { at: `${at}.${key}`, language, complete, report };
    if (theirs === undefined && complete)
      report(here.at, " is missing. Another language needs each sentence.");
    if (theirs === undefined) return [key, ours] as const;
    return [
      key,
      typeof ours === "string" ? sentence(ours, theirs, here) : changed(ours, theirs, here),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function sentence(ours: string, theirs: unknown, { at, report }: Place): string {
  if (typeof theirs !== "string" || !theirs.trim()) {
    report(at, " must be a sentence.");
    return ours;
  }
  checkPlaceholders([ours], [theirs], { at, report });
  return theirs;
}

/** The forms of a count are replaced together: languages differ in which forms they have. */
function formsOf(
  ours: Tree,
  theirs: Readonly<Record<string, unknown>>,
  { at, language, report }: Place,
): Tree {
  const known = new Intl.PluralRules(language).resolvedOptions().pluralCategories.map(String);
  const forms: Record<string, string> = {};
  for (const [form, text] of Object.entries(theirs)) {
    if (!known.includes(form))
      report(`${at}.${form}`, ` is not a form of "${language}": ${known.join(", ")}.`);
    if (typeof text !== "string" || !text.trim()) report(`${at}.${form}`, " must be a sentence.");
    else forms[form] = text;
  }
  if (forms.other === undefined) report(`${at}.other`, " is missing.");
  else checkPlaceholders(Object.values(ours).map(String), Object.values(forms), { at, report });
  return forms;
}

function checkPlaceholders(
  ours: readonly string[],
  theirs: readonly string[],
  { at, report }: Pick<Place, "at" | "report">,
): void {
  const [wanted, found] = [placeholdersIn(ours), placeholdersIn(theirs)];
  if (wanted.join() === found.join()) return;
  report(
    at,
    wanted.length > 0
      ? ` must have ${wanted.join(", ")}, and no other.`
      : ` must not have ${found.join(", ")}.`,
  );
}

export function placeholdersIn(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => text.match(new RegExp(PLACEHOLDER, "g")) ?? []);
  return [...new Set(found)].sort();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True if these are the forms of a count, and not sentences with names. */
export function hasForms(tree: Tree): boolean {
  return Object.hasOwn(tree, "other") && Object.hasOwn(tree, "one");
}

/** True if the tree has each sentence of ours. */
function isLike(tree: Tree, ours: Words): tree is Words {
  const hasAll = (one: Tree | string | undefined, other: Tree | string): boolean => {
    if (typeof other === "string") return typeof one === "string";
    if (typeof one !== "object") return false;
    if (hasForms(other)) return typeof one.other === "string";
    return Object.entries(other).every(([key, value]) => hasAll(one[key], value));
  };
  return hasAll(tree, ours);
}
