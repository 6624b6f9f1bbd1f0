/** What the API refuses, and the sentence that says so: one calm sentence per code, which says what to do next. */

import "server-only";

import { isSignedOut } from "postern-auth/web";
import { fill, PLACEHOLDER } from "@/lib/fill";
import { waitInWords } from "@/lib/wait";
import { OURS } from "@/words/catalogue";
import type { Spoken, Words } from "@/words/words";
import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];
export type ProblemCode = Problem["code"] | "api_unreachable" | "unfamiliar";

/** The type makes this complete: if the API gets a new code, this does not compile until it has a sentence. */
const KNOWN: Readonly<Record<ProblemCode, string>> = OURS.en.problems;

/** The field that a code is about, if there is one. The sentence is shown beside that field. */
const CAUSES: Partial<Record<ProblemCode, string>> = {
  email_taken: "email",
};

const WRONG_SECRET: readonly ProblemCode[] = ["invalid_credentials"];

/** Why a field is refused: a code of the API or of this web app, and what its sentence needs. */
export interface FieldFault {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

export interface Refusal {
  readonly code: ProblemCode;
  /** The API's own text, for developers and operators. */
  readonly detail: string;
  /** Seconds to wait before trying again, or 0 if the API does not say. */
  readonly wait: number;
  /** Another way, for the end of the sentence. */
  readonly help?: keyof Words["help"];
  /** The first fault of each refused field, by field name. */
  readonly fields: Readonly<Record<string, FieldFault>>;
  /** What the account can prove, if the API wants a fresh proof of who the person is. */
  readonly proofs?: readonly string[];
  /** True when the API no longer accepts this session. */
  readonly signedOut: boolean;
  /** True when the password or another secret is wrong, or may be wrong. */
  readonly wrongSecret: boolean;
}

type Refused = Pick<Problem, "code"> &
  Partial<Pick<Problem, "errors" | "detail">> & { readonly factors?: readonly string[] };

/** `response` is the response with the problem: its headers say how long to wait. */
export function refusal(
  problem: Refused | { code: string; factors?: readonly string[] },
  response?: Pick<Response, "headers">,
): Refusal {
  // An API that is newer than this web app may send codes that the table lacks.
  const code = isKnown(problem.code) ? problem.code : "unfamiliar";
  const errors = "errors" in problem ? (problem.errors ?? []) : [];
  const cause = CAUSES[code];
  return {
    code,
    wait: secondsIn(response?.headers.get("retry-after")),
    detail: "detail" in problem ? (problem.detail ?? "") : "",
    fields: Object.fromEntries([
      ...errors.toReversed().map(({ field, code, params }) => [field, { code, params }] as const),
      ...(cause ? [[cause, { code }] as const] : []),
    ]),
    ...(code === "reauthentication_required" && {
      proofs: "factors" in problem ? (problem.factors ?? []) : [],
    }),
    signedOut: isSignedOut(code),
    wrongSecret: WRONG_SECRET.includes(code),
  };
}

/** For forms that ask for the password again: a wrong password is an error of that field, not of a sign-in. */
export function besidePassword(refused: Refusal, field: string): Refusal {
  if (refused.code === "invalid_credentials")
    return { ...refused, fields: { [field]: { code: "password_wrong" } } };
  return withHelp(refused, "freshAttempts");
}

/** For forms that ask for a code of a second factor. */
export function besideCode(refused: Refusal, field: string, factor: "totp" | "recovery_code"): Refusal {
  if (refused.code !== "code_invalid") return refused;
  const code = factor === "totp" ? "app_code_wrong" : "recovery_code_wrong";
  return { ...refused, fields: { [field]: { code } } };
}

/** If signing in has to wait long, a browser that has signed in before is another way in. */
export function atSignin(refused: Refusal): Refusal {
  return withHelp(refused, "knownBrowser");
}

/** For a link that only the browser may use that asked for its mail. */
export function ofAskingBrowser(refused: Refusal): Refusal {
  return refused.code === "link_invalid" ? { ...refused, help: "askingBrowser" } : refused;
}

const LONG = 15 * 60;

/** Adds another way if the wait is long. */
function withHelp(refused: Refusal, help: keyof Words["help"]): Refusal {
  return refused.code !== "rate_limited" || refused.wait <= LONG ? refused : { ...refused, help };
}

export function sentenceOf({ code, wait, help }: Refusal, { words, language }: Spoken): string {
  const { problems, waits } = words;
  const sentence =
    wait && hasWait(code, waits) ? fill(waits[code], { wait: waitInWords(wait, language) }) : problems[code];
  return help ? `${sentence} ${words.help[help]}` : sentence;
}

function hasWait(code: string, waits: Words["waits"]): code is keyof Words["waits"] {
  return Object.hasOwn(waits, code);
}

/** By the code alone: the API's own text is English. A code that nobody knows here has a general sentence. */
export function fieldSentence({ code, params = {} }: FieldFault, words: Words): string {
  const weakness = code === "password_too_common" ? words.newPassword : {};
  const sentence =
    textIn(weakness, params.reason) ??
    textIn(words.fields, `${code}_${params.reason}`) ??
    textIn(words.fields, code) ??
    textIn(words.problems, code) ??
    words.fields.other;
  const values = Object.entries(params).map(([name, value]) => [name, String(value)] as const);
  const filled = fill(sentence, Object.fromEntries(values));
  return PLACEHOLDER.test(filled) ? words.fields.other : filled;
}

function textIn(sentences: object, key: unknown): string | undefined {
  if (typeof key !== "string" || !Object.hasOwn(sentences, key)) return;
  const found: unknown = Reflect.get(sentences, key);
  return typeof found === "string" ? found : undefined;
}

/** Reads Retry-After. The API always sends seconds, but a proxy in front of it may send a date. */
function secondsIn(retryAfter: string | null | undefined): number {
  return /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) : 0;
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(KNOWN, code);
}
