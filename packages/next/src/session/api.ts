/** Calls to Postern's API on behalf of a visitor. Every failure is a problem, also if the API does not answer. */

import "server-only";

import { bearerOf } from "./receipt.ts";

export interface Api {
  /** Base address of the API as this server reaches it, without a trailing slash. */
  readonly url: string;
  /** The name of the setting with that address, for messages. */
  readonly setting: string;
  /** The header, in lower case, in which a trusted proxy sends the visitor's address. */
  readonly clientAddressHeader: string;
}

/** The session that a call uses. `receiptPending`: the browser does not have this token yet. */
export interface Bearer {
  readonly accessToken: string;
  readonly receiptPending: boolean;
}

/** The headers of a visitor's request. */
export type Visitor = Pick<Headers, "get">;

export interface Problem {
  readonly code: string;
  readonly detail?: string;
}

/** A refusal with its response: the headers say how long to wait. */
export interface Refused {
  readonly problem: Problem;
  readonly response: Pick<Response, "headers" | "status">;
}

export type Answer = { readonly data: unknown } | Refused;

/** Milliseconds. A page should show the error while the person is still waiting. */
const TIMEOUT = 6_000;

const FORWARDED = ["x-forwarded-for", "user-agent", "accept-language"];

/** Without these, limits and records would show this server's address, and mails would be in another language. */
export function headersFor(
  { clientAddressHeader }: Pick<Api, "clientAddressHeader">,
  visitor: Visitor,
  bearer?: Bearer,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of [...FORWARDED, clientAddressHeader]) {
    const value = visitor.get(name);
    if (value) headers[name] = value;
  }
  if (bearer) headers.authorization = `Bearer ${bearer.accessToken}`;
  if (bearer?.receiptPending) headers["postern-receipt"] = "pending";
  return headers;
}

/** Every failure becomes a problem, also if the API does not answer or another server does. */
export async function fetchOrProblem(
  request: Request,
  { url, setting }: Pick<Api, "url" | "setting">,
): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT) });
    const type = response.headers.get("content-type") ?? "";
    const expected = response.ok ? "application/json" : "application/problem+json";
    if (type.startsWith(expected) || isEmpty(response)) return response;
    return unreachable(`The server at ${url} is not the API. Check ${setting}.`);
  } catch {
    return unreachable(`No server answers at ${url}. Check that it is running and that ${setting} is right.`);
  }
}

/** "Done" or "accepted", with nothing to read. */
function isEmpty({ status, headers }: Response): boolean {
  return status === 204 || (status === 202 && headers.get("content-length") === "0");
}

function unreachable(detail: string): Response {
  return Response.json({ code: "api_unreachable", detail }, { status: 503 });
}

interface Call {
  readonly visitor: Visitor;
  readonly accessToken?: string;
  /** Makes the call a POST. */
  readonly body?: unknown;
}

export async function call(api: Api, path: string, { visitor, accessToken, body }: Call): Promise<Answer> {
  const bearer = accessToken === undefined ? undefined : bearerOf(accessToken, visitor);
  const request = new Request(api.url + path, {
    method: body === undefined ? "GET" : "POST",
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
    headers: {
      ...headersFor(api, visitor, bearer),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
  });
  const response = await fetchOrProblem(request, api);
  const content: unknown = await response.json().catch(() => undefined);
  if (response.ok) return { data: content };
  return { problem: isProblem(content) ? content : { code: "unfamiliar" }, response };
}

function isProblem(content: unknown): content is Problem {
  return (
    typeof content === "object" && content !== null && "code" in content && typeof content.code === "string"
  );
}

const SIGNED_OUT = [
  "refresh_token_reused",
  "session_revoked",
  "token_expired",
  "token_invalid",
  "token_missing",
];

/** True when the API no longer accepts this session. */
export function isSignedOut(code: string): boolean {
  return SIGNED_OUT.includes(code);
}

/** True if the code is about the access token only: the session may still be valid. */
export function isUseless(code: string | undefined): boolean {
  return code === "token_expired" || code === "token_invalid";
}
