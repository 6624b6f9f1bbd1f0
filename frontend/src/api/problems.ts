/** What a person reads when the API refuses: one calm sentence per code, which says what to do next. */

import { waitInWords } from "@/lib/wait";
import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];
export type ProblemCode = Problem["code"] | "api_unreachable" | "unfamiliar";

/** The type makes this complete: if the API gets a new code, this does not compile until it has a sentence. */
const SENTENCES: Record<ProblemCode, string> = {
  account_disabled: "This account is disabled. Please contact the people who run this service.",
  account_in_use: "Other data still needs this account. Delete that data first, then try again.",
  api_unreachable: "We can't reach the service just now. Please try again in a moment.",
  code_invalid: "That code isn't right, or it no longer counts. Check it, or ask for a new mail.",
  database_unavailable: "The service is up, but its database isn't answering. Please try again in a moment.",
  email_not_verified:
    "Please confirm your address first: open the link in our mail. We can send the mail again.",
  email_taken: "There is already an account with this address. Sign in, or use another one.",
  headers_too_large: "Your browser sent too much data. Please clear this site's cookies and try again.",
  internal_error: "Something went wrong on our side. Nothing was changed; please try again.",
  invalid_credentials: "That address and password don't belong together. Check both and try again.",
  link_expired: "This link has expired. Ask for a new mail.",
  link_invalid: "This link isn't valid. Open the link from the mail again, or ask for a new one.",
  link_of_another_account: "This link belongs to another account. Sign in with that account first.",
  link_replaced: "This link no longer counts. Use the one in the newest mail, or ask for a new one.",
  link_used: "This link has been used already. Each link works once.",
  magic_link_off: "This service does not sign in by mail. Please use your password.",
  mail_not_set_up: "This service sends no mail. Please contact the people who run it.",
  malformed_json: "The service could not read what we sent. Please reload the page and try again.",
  malformed_request: "The service could not read what we sent. Please reload the page and try again.",
  method_not_allowed:
    "This page does not match the version of the service. Please reload the page and try again.",
  not_found: "What you were looking for isn't here any more.",
  overloaded: "The service has too much to do right now. Please try again in a few seconds.",
  origin_not_allowed:
    "The service does not accept requests from this site. Please tell the people who run it.",
  password_breached: "This password is known from a data breach. Choose a few unrelated words.",
  password_too_common: "This password is among the first that attackers try. Choose a few unrelated words.",
  payload_too_large: "That is more text than we can take. Please shorten it and try again.",
  rate_limited: "Too many attempts. Please wait a moment and try again.",
  reauthentication_required: "Please confirm that it is you, and then try again.",
  refresh_token_reused: "You were signed out to keep your account safe. Please sign in again.",
  request_timeout: "The connection is slow, and your request did not arrive completely. Please try again.",
  schema_mismatch:
    "The service is being set up or updated and isn't ready yet. Please try again in a minute.",
  second_factor_required: "This account needs a second proof that it is you.",
  session_revoked: "You were signed out. Please sign in again.",
  token_expired: "You were signed out after a while. Please sign in again.",
  token_invalid: "Your session is no longer valid. Please sign in again.",
  token_missing: "Please sign in to continue.",
  too_many_connections: "The service is very busy right now. Please try again in a few seconds.",
  unfamiliar:
    "The service refused for a reason that this page doesn't know. Please reload the page and try again.",
  unsupported_media_type: "The service could not read what we sent. Please reload the page and try again.",
  validation_failed: "Something in the form wasn't accepted. Please check it and try again.",
};

/** The sentences to use if the API says how long to wait. */
const SENTENCES_WITH_A_WAIT: Partial<Record<ProblemCode, (wait: string) => string>> = {
  overloaded: (wait) => `The service has too much to do right now. Please try again in ${wait}.`,
  rate_limited: (wait) => `Too many attempts. Please try again in ${wait}.`,
  too_many_connections: (wait) => `The service is very busy right now. Please try again in ${wait}.`,
};

/** The field that a code is about, if there is one. The sentence is shown beside that field. */
const CAUSES: Partial<Record<ProblemCode, string>> = {
  email_taken: "email",
};

const WRONG_SECRET: readonly ProblemCode[] = ["invalid_credentials"];
const SIGNED_OUT: readonly ProblemCode[] = [
  "refresh_token_reused",
  "session_revoked",
  "token_expired",
  "token_invalid",
  "token_missing",
];

export interface Refusal {
  readonly code: ProblemCode;
  readonly sentence: string;
  /** The API's own text, for developers and operators. */
  readonly detail: string;
  /** Seconds to wait before trying again, or 0 if the API does not say. */
  readonly wait: number;
  /** A sentence for each refused field, by field name. */
  readonly fields: Readonly<Record<string, string>>;
  /** True when the API no longer accepts this session. */
  readonly signedOut: boolean;
  /** True when the password or another secret is wrong, or may be wrong. */
  readonly wrongSecret: boolean;
}

type Refused = Pick<Problem, "code"> & Partial<Pick<Problem, "errors" | "detail">>;

/** `response` is the response with the problem: its headers say how long to wait. */
export function refusal(problem: Refused | { code: string }, response?: Pick<Response, "headers">): Refusal {
  // An API that is newer than this web app may send codes that the table lacks.
  const code = isKnown(problem.code) ? problem.code : "unfamiliar";
  const wait = secondsIn(response?.headers.get("retry-after"));
  const sentence = (wait && SENTENCES_WITH_A_WAIT[code]?.(waitInWords(wait))) || SENTENCES[code];
  const errors = "errors" in problem ? (problem.errors ?? []) : [];
  const cause = CAUSES[code];
  return {
    code,
    sentence,
    wait,
    detail: "detail" in problem ? (problem.detail ?? "") : "",
    fields: Object.fromEntries([
      ...errors.toReversed().map((error) => [error.field, error.message]),
      ...(cause ? [[cause, sentence]] : []),
    ]),
    signedOut: SIGNED_OUT.includes(code),
    wrongSecret: WRONG_SECRET.includes(code),
  };
}

/** For forms that ask for the password again: a wrong password is an error of that field, not of a sign-in. */
export function besidePassword(refused: Refusal, field: string): Refusal {
  if (refused.code === "invalid_credentials")
    return { ...refused, fields: { [field]: "That isn't your password. Check it and try again." } };
  return withHelp(refused, "You can also sign out and sign in again: that gives you new attempts.");
}

/** If signing in has to wait long, a browser that has signed in before is another way in. */
export function atSignin(refused: Refusal): Refusal {
  return withHelp(refused, "You can still sign in with a browser that you used for this account before.");
}

const LONG = 15 * 60;

/** Adds another way if the wait is long. */
function withHelp(refused: Refusal, help: string): Refusal {
  if (refused.code !== "rate_limited" || refused.wait <= LONG) return refused;
  return { ...refused, sentence: `${refused.sentence} ${help}` };
}

/** Reads Retry-After. The API always sends seconds, but a proxy in front of it may send a date. */
function secondsIn(retryAfter: string | null | undefined): number {
  return /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) : 0;
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(SENTENCES, code);
}
