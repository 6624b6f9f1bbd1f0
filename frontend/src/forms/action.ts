/** What the action of every form does: read the fields, refuse empty ones, perform, explain a refusal. */

import type { Refusal } from "@/api/problems";
import type { FormState } from "./form-state";

interface FieldRule {
  /** The error for a field that was left empty. Without one the field is optional. */
  readonly missing?: string;
  /** A secret is passed on exactly as typed and never given back to the page. */
  readonly secret?: true;
  /** The only text that is accepted, in small letters. Any other text counts as empty. */
  readonly wanted?: string;
}

type Outcome = Refusal | { readonly saved: string };

export function action<Field extends string>(
  rules: Readonly<Record<Field, FieldRule>>,
  perform: (value: (field: Field) => string) => Promise<Outcome>,
) {
  const fields = Object.entries<FieldRule>(rules);

  return async (_previous: FormState, form: FormData): Promise<FormState> => {
    const read = (name: string, rule: FieldRule) => {
      const typed = form.get(name);
      if (typeof typed !== "string") return "";
      return rule.secret ? typed : typed.trim();
    };
    const values = Object.fromEntries(
      fields.filter(([, rule]) => !rule.secret).map(([name, rule]) => [name, read(name, rule)]),
    );

    const missing = fields.flatMap(([name, rule]) =>
      rule.missing && !isGiven(read(name, rule), rule) ? [[name, rule.missing] as const] : [],
    );
    if (missing.length > 0) {
      return {
        status: "refused",
        message: "",
        wait: 0,
        errors: Object.fromEntries(missing),
        values,
        wrongSecret: false,
      };
    }

    const outcome = await perform((field) => read(field, rules[field]));
    if ("saved" in outcome) return { status: "saved", message: outcome.saved };
    const besideFields = Object.keys(outcome.fields).some((name) => Object.hasOwn(rules, name));
    return {
      status: "refused",
      message: besideFields ? "" : outcome.sentence,
      wait: besideFields ? 0 : outcome.wait,
      errors: outcome.fields,
      values,
      wrongSecret: outcome.wrongSecret,
    };
  };
}

function isGiven(typed: string, { wanted }: FieldRule): boolean {
  return wanted === undefined ? typed !== "" : typed.toLowerCase() === wanted;
}
