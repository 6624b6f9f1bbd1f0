import { expect, it } from "vitest";
import { directionOf } from "@/lib/direction";
import { languageCookie, languageOf } from "./language";

const KNOWN = ["en", "de", "pt-BR"];

it.each([
  [undefined, "en"],
  ["", "en"],
  ["de", "de"],
  ["de-AT,de;q=0.9,en;q=0.8", "de"],
  ["fr, en;q=0.5, de;q=0.7", "de"],
  ["en;q=0.2, de ; q=0.9", "de"],
  ["xx", "en"],
  ["*", "en"],
  ["de;q=0, en", "en"],
  ["de;q=nonsense", "en"],
  ["DE", "de"],
  ["pt-br", "pt-BR"],
  ["pt-BR-x-private", "pt-BR"],
  ["pt", "en"],
  [`${"fr,".repeat(20)}de`, "en"],
])("a browser that likes %j gets %s", (acceptLanguage, language) => {
  expect(languageOf({ chosen: undefined, acceptLanguage }, KNOWN)).toBe(language);
});

it.each([
  ["en", "en"],
  ["pt-BR", "pt-BR"],
  ["fr", "de"],
  ["", "de"],
  ["en; Path=/", "de"],
])("a choice of %j comes first, if that language is known", (chosen, language) => {
  expect(languageOf({ chosen, acceptLanguage: "de" }, KNOWN)).toBe(language);
});

it("no sibling host can set the choice on https", () => {
  expect([languageCookie(true), languageCookie(false)]).toEqual([
    "__Host-postern-language",
    "postern-language",
  ]);
});

it.each([
  ["en", "ltr"],
  ["de", "ltr"],
  ["ar", "rtl"],
  ["he", "rtl"],
  ["az", "ltr"],
  ["az-Arab", "rtl"],
])("the direction of %s is %s", (language, direction) => {
  expect(directionOf(language)).toBe(direction);
});
