/** Puts values into a sentence of the catalogue. */

export const PLACEHOLDER = /\{(\w+)\}/;

export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(new RegExp(PLACEHOLDER, "g"), (whole, name: string) => values[name] ?? whole);
}

/** A sentence in the forms that a language has for counts: "one", "few", "many", and always "other". */
export interface Forms {
  readonly [form: string]: string;
  readonly other: string;
}

export function counted(forms: Forms, count: number, language: string): string {
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return fill(form, { count: count.toLocaleString(language) });
}
