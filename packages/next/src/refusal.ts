/** What the package refuses, as Postern itself refuses (RFC 9457, RFC 6750). */

import "server-only";

interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly code: string;
  readonly title: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Refused extends Error {
  override name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.title);
    this.refusal = refusal;
  }
}

const INVALID = { "WWW-Authenticate": 'Bearer error="invalid_token"' };

export function missing(): Refused {
  const headers = { "WWW-Authenticate": "Bearer" };
  return new Refused({ status: 401, code: "token_missing", title: "Sign in first", headers });
}

export function invalid(): Refused {
  return new Refused({
    status: 401,
    code: "token_invalid",
    title: "The token is not valid",
    headers: INVALID,
  });
}

export function expired(): Refused {
  const title = "The access token has expired";
  return new Refused({ status: 401, code: "token_expired", title, headers: INVALID });
}

export function over(code: string): Refused {
  return new Refused({ status: 401, code, title: "The session has ended", headers: INVALID });
}

export function keysUnavailable(): Refused {
  const title = "Tokens cannot be verified at this moment";
  return new Refused({ status: 503, code: "keys_unavailable", title, headers: { "Retry-After": "10" } });
}

export function unavailable(code: string, retryAfter: string | null): Refused {
  const headers = { "Retry-After": retryAfter ?? "5" };
  return new Refused({ status: 503, code, title: "Postern does not answer at this moment", headers });
}

export function fromElsewhere(): Refused {
  return new Refused({
    status: 403,
    code: "origin_not_allowed",
    title: "This request was sent by a page of another site",
  });
}

export function problem(
  { status, code, title, headers }: Refusal,
  issuer: string,
  more: object = {},
): Response {
  const type = status === 503 ? "about:blank" : `${issuer}/problems/${code}`;
  const body = JSON.stringify({ type, title, status, detail: title, code, ...more });
  return new Response(body, {
    status,
    headers: { ...headers, "Cache-Control": "no-store", "Content-Type": "application/problem+json" },
  });
}

/** There is a session, but Postern does not answer, so nobody can say whose it is. Nobody is signed out by this. */
export class PosternUnavailable extends Error {
  override name = "PosternUnavailable";
}
