import "server-only";

import { headers } from "next/headers";
import createClient from "openapi-fetch";
import { env } from "@/env";
import type { paths } from "./schema";

/** A page should say "not now" while the person is still looking. */
const TIMEOUT = 6_000;

export type Api = ReturnType<typeof visitorsApi>;

/** Whose session a call is made in. `receiptPending`: the browser does not have this token yet. */
export interface Bearer {
  readonly accessToken: string;
  readonly receiptPending: boolean;
}

/** The API, typed from its OpenAPI document, on behalf of the visitor of this request. */
export async function api(): Promise<Api> {
  return visitorsApi(await headers());
}

/** The same where the request is at hand, and for somebody who is signed in. */
export function visitorsApi(visitor: Pick<Headers, "get">, bearer?: Bearer) {
  return createClient<paths>({
    baseUrl: env().apiUrl,
    fetch: fetchOrProblem,
    cache: "no-store",
    headers: {
      // Without these, all people would share this server's address in limits and records.
      "x-forwarded-for": visitor.get("x-forwarded-for"),
      [env().clientAddressHeader]: visitor.get(env().clientAddressHeader),
      "user-agent": visitor.get("user-agent"),
      authorization: bearer && `Bearer ${bearer.accessToken}`,
      "postern-receipt": bearer?.receiptPending ? "pending" : undefined,
    },
  });
}

/** Every failure becomes a problem, also that of an API that is not there or is not the API. */
async function fetchOrProblem(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT) });
    const type = response.headers.get("content-type") ?? "";
    const expected = response.ok ? "application/json" : "application/problem+json";
    if (type.startsWith(expected) || response.status === 204) return response;
    return unreachable(`What answers at ${env().apiUrl} is not the API.`);
  } catch {
    return unreachable(`Nothing answers at ${env().apiUrl}, which is what API_URL says.`);
  }
}

function unreachable(detail: string): Response {
  return Response.json({ code: "api_unreachable", detail }, { status: 503 });
}
