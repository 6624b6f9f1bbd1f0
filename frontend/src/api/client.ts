import "server-only";

import { headers } from "next/headers";
import createClient from "openapi-fetch";
import { env } from "@/env";
import type { paths } from "./schema";

/** A page should show the error while the person is still waiting. */
const TIMEOUT = 6_000;

export type Api = ReturnType<typeof visitorsApi>;

/** The session that a call uses. `receiptPending`: the browser does not have this token yet. */
export interface Bearer {
  readonly accessToken: string;
  readonly receiptPending: boolean;
}

/** The API, typed from its OpenAPI document, on behalf of the visitor of this request. */
export async function api(): Promise<Api> {
  return visitorsApi(await headers());
}

/** The same for code that has the request, and for a person who is signed in. */
export function visitorsApi(visitor: Pick<Headers, "get">, bearer?: Bearer) {
  return createClient<paths>({
    baseUrl: env().apiUrl,
    fetch: fetchOrProblem,
    cache: "no-store",
    headers: {
      // Without these, limits and records would show this server's address for every visitor.
      "x-forwarded-for": visitor.get("x-forwarded-for"),
      [env().clientAddressHeader]: visitor.get(env().clientAddressHeader),
      "user-agent": visitor.get("user-agent"),
      // Mails are in the language of the person's browser.
      "accept-language": visitor.get("accept-language"),
      authorization: bearer && `Bearer ${bearer.accessToken}`,
      "postern-receipt": bearer?.receiptPending ? "pending" : undefined,
    },
  });
}

/** Every failure becomes a problem, also if the API does not answer or another server does. */
async function fetchOrProblem(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT) });
    const type = response.headers.get("content-type") ?? "";
    const expected = response.ok ? "application/json" : "application/problem+json";
    if (type.startsWith(expected) || isEmpty(response)) return response;
    return unreachable(`The server at ${env().apiUrl} is not the API. Check API_URL.`);
  } catch {
    return unreachable(
      `No server answers at ${env().apiUrl}. Check that it is running and that API_URL is right.`,
    );
  }
}

/** "Done" or "accepted", with nothing to read. */
function isEmpty({ status, headers }: Response): boolean {
  return status === 204 || (status === 202 && headers.get("content-length") === "0");
}

function unreachable(detail: string): Response {
  return Response.json({ code: "api_unreachable", detail }, { status: 503 });
}
