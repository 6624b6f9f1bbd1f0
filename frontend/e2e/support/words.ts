/** The catalogues, and what a page shows of them. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import type { Words } from "../../src/words/words";
import { BACKEND } from "./processes";

function catalogue(language: string): Words {
  const file = path.resolve(import.meta.dirname, `../../src/words/${language}.json`);
  return JSON.parse(readFileSync(file, "utf8"));
}

export const [en, de] = [catalogue("en"), catalogue("de")];

/** The words of mails in English. */
export function mails(): object {
  return JSON.parse(readFileSync(path.join(BACKEND, "src/mail/words/en.json"), "utf8"));
}

type Tree = { readonly [key: string]: string | Tree };

function sentencesIn(tree: Tree): string[] {
  return Object.values(tree).flatMap((value) => (typeof value === "string" ? [value] : sentencesIn(value)));
}

/** What stands between placeholders, if it is long enough that no other language has it by chance. */
const ENGLISH = sentencesIn(en)
  .flatMap((sentence) => sentence.split(/\{\w+\}/))
  .map((piece) => piece.trim())
  .filter((piece) => piece.split(/\s+/).length > 2);

/** Everything that a person sees or hears of a page: texts, also hidden ones, and names of fields and pictures. */
async function textsOf(page: Page): Promise<string> {
  const texts = await page.evaluate(() => {
    const body = document.body.cloneNode(true);
    if (!(body instanceof HTMLElement)) return [];
    for (const code of body.querySelectorAll("script, style")) code.remove();
    const named = ["aria-label", "placeholder", "alt", "title"].flatMap((name) =>
      [...body.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name)),
    );
    const description = document.querySelector("meta[name=description]")?.getAttribute("content");
    return [document.title, description, body.textContent, ...named];
  });
  return texts.join("\n").replace(/\s+/g, " ");
}

/** The page is in German as a whole, and nothing on it is wider than the screen. */
export async function expectGerman(page: Page, what: string): Promise<void> {
  await expect(page.locator("html"), what).toHaveAttribute("lang", "de");
  const texts = await textsOf(page);
  expect(
    ENGLISH.filter((piece) => texts.includes(piece)),
    what,
  ).toEqual([]);
  expect(texts, what).not.toMatch(/\{\w+\}|undefined/);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider, `${what}: wider than the screen`).toBeLessThanOrEqual(0);
  if (process.env.PICTURES)
    await page.screenshot({
      path: `${process.env.PICTURES}/${what.replace(/\W+/g, "-")}.png`,
      fullPage: true,
    });
}
