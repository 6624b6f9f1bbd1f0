/** Reads a guide as a person does who follows it: its steps, the lines to add to each file, and its commands. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface Guide {
  readonly steps: readonly string[];
  /** Each file with the block of code that follows its name. */
  readonly files: readonly { readonly name: string; readonly kind: string; readonly code: string }[];
  readonly commands: readonly string[];
  /** The lines that a person adds for Postern. */
  readonly lines: number;
}

export function readGuide(file: string): Guide {
  const text = readFileSync(file, "utf8");
  const files = [...text.matchAll(/`([\w./-]+)`[^`]*\n\n```(diff|tsx?)\n([\s\S]*?)```/g)].map(
    ([, name = "", kind = "", code = ""]) => ({ name, kind, code }),
  );
  const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, code = ""]) =>
    code.trim().split("\n"),
  );
  const added = files.filter(({ kind }) => kind === "diff").flatMap(({ code }) => code.match(/^\+/gm) ?? []);
  return {
    steps: [...text.matchAll(/^## (\d\. .+)$/gm)].map(([, title = ""]) => title),
    files,
    commands,
    lines: added.length,
  };
}

/** `addresses` of the guide are replaced by those of the test. */
export function follow({ files }: Guide, folder: string, addresses: Readonly<Record<string, string>>): void {
  for (const { name, kind, code } of files) {
    const place = path.join(folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    const before = existsSync(place) ? readFileSync(place, "utf8") : "";
    const written = kind === "diff" ? patched(before, code) : code;
    const replaced = Object.entries(addresses).reduce((all, [from, to]) => all.replaceAll(from, to), written);
    writeFileSync(place, replaced);
  }
}

/** Lines with a minus become the lines with a plus that follow. Other lines are added: to an existing file at its top. */
function patched(before: string, code: string): string {
  const lines = code.trimEnd().split("\n");
  const removed = lines.filter((line) => line.startsWith("-")).map((line) => line.slice(1));
  if (!before) return `${lines.map((line) => line.slice(1)).join("\n")}\n`;
  const cut = lines.findIndex((line) => line.startsWith("-"));
  const top = lines.slice(0, cut < 0 ? lines.length : cut).map((line) => line.slice(1));
  const instead = cut < 0 ? [] : lines.slice(cut).filter((line) => line.startsWith("+"));
  const [old = ""] = removed;
  if (old && !before.includes(old)) throw new Error(`The starter has no line ${old}`);
  return `${top.join("\n")}\n${before.replace(old, instead.map((line) => line.slice(1)).join("\n"))}`;
}
