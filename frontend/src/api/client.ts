import "server-only";

import { headers } from "next/headers";
import createClient from "openapi-fetch";
import { type Bearer, fetchOrProblem, headersFor, type Visitor } from "postern-auth/web";
import { type Env, env } from "@/env";
import type { paths } from "./schema";

export type Api = ReturnType<typeof visitorsApi>;

/** The API, typed from its OpenAPI document, on behalf of the visitor of this request. */
export async function api(): Promise<Api> {
  return visitorsApi(await headers());
}

/** The same for code that has the request, and for a person who is signed in. */
export function visitorsApi(visitor: Visitor, bearer?: Bearer) {
  const own = apiOf(env());
  return createClient<paths>({
    baseUrl: own.url,
    fetch: (request) => fetchOrProblem(request, own),
    cache: "no-store",
    headers: headersFor(own, visitor, bearer),
  });
}

/** This web app's API, as `postern-auth` knows it. */
export function apiOf({ apiUrl, clientAddressHeader }: Pick<Env, "apiUrl" | "clientAddressHeader">) {
  return { url: apiUrl, setting: "API_URL", clientAddressHeader };
}
