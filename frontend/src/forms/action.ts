/** What the action of every form does: read the fields, refuse empty ones, perform, explain a refusal. */

import { fieldSentence, type Refusal, sentenceOf } from "@/api/problems";
import { getSpoken } from "@/words/spoken";
import type { Spoken, Words } from "@/words/words";
import type { FormState, Once, ProofKind } from "./form-state";

type Sentence = (words: Words) => string;

interface FieldRule {
  /** The error for a field that was left empty. Without one the field is optional. */
  readonly missing?: Sentence;
  /** A secret is passed on exactly as typed and never given back to the page. */
  readonly secret?: true;
  /** The only text that is accepted, in capital or small letters. Any other text counts as empty. */
  readonly wanted?: Sentence;
}

type Outcome = Refusal | { readonly saved: string; readonly once?: Once };
export type Rules<Field extends string> = Readonly<Record<Field, FieldRule>>;
export type Perform<Field extends string> = (
  value: (field: Field) => string,
  words: Words,
) => Promise<Outcome>;

export function action<Field extends string>(rules: Rules<Field>, perform: Perform<Field>) {
  return async (_previous: FormState, form: FormData): Promise<FormState> =>
    answer({ rules, perform }, form, await getSpoken());
}

export async function answer<Field extends string>(
  { rules, perform }: { readonly rules: Rules<Field>; readonly perform: Perform<Field> },
  form: FormData,
  spoken: Spoken,
): Promise<FormState> {
  const { words } = spoken;
  const fields = Object.entries<FieldRule>(rules);
  const read = (name: string, rule: FieldRule) => {
    const typed = form.get(name);
    if (typeof typed !== "string") return "";
    return rule.secret ? typed : typed.trim();
  };
  const values = Object.fromEntries(
    fields.filter(([, rule]) => !rule.secret).map(([name, rule]) => [name, read(name, rule)]),
  );

  const missing = fields.flatMap(([name, rule]) =>
    rule.missing && !isGiven(read(name, rule), rule.wanted?.(words))
      ? [[name, rule.missing(words)] as const]
      : [],
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

  const outcome = await perform((field) => read(field, rules[field]), words);
  if ("saved" in outcome)
    return { status: "saved", message: outcome.saved, ...(outcome.once && { once: outcome.once }) };
  const errors = Object.entries(outcome.fields).map(
    ([name, fault]) => [name, fieldSentence(fault, words)] as const,
  );
  const besideFields = errors.some(([name]) => Object.hasOwn(rules, name) || form.has(name));
  return {
    status: "refused",
    message: besideFields ? "" : sentenceOf(outcome, spoken),
    wait: besideFields ? 0 : outcome.wait,
    errors: Object.fromEntries(errors),
    values,
    wrongSecret: outcome.wrongSecret,
    ...(outcome.code === "passkey_unknown" && { unknownPasskey: true }),
    ...(outcome.proofs && proofKinds(outcome.proofs)),
  };
}

/** A passkey comes first. A person who does not have it at hand can choose the other way. */
function proofKinds(proofs: readonly string[]): { prove: ProofKind; orElse?: ProofKind } {
  const others = proofs.filter((factor) => factor !== "passkey");
  if (others.length === proofs.length) return { prove: proofKind(proofs) };
  return { prove: "passkey", ...(others.length > 0 && { orElse: proofKind(others) }) };
}

function proofKind(proofs: readonly string[]): ProofKind {
  if (proofs.includes("totp") || proofs.includes("recovery_code")) return "code";
  return proofs.includes("password") ? "password" : "signin";
}

function isGiven(typed: string, wanted: string | undefined): boolean {
  return wanted === undefined ? typed !== "" : typed.toLowerCase() === wanted.toLowerCase();
}
