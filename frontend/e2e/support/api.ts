/** The API, as another client than the web app uses it. */

import type { APIRequestContext } from "@playwright/test";
import type { components } from "../../src/api/schema";
import type { Person } from "./journey";

type Tokens = components["schemas"]["Tokens"];

export async function signUpAtApi(request: APIRequestContext, { email, password }: Person): Promise<void> {
  await request.post(`${process.env.E2E_API_URL}/auth/signup`, { data: { email, password } });
}

export async function signInAtApi(
  request: APIRequestContext,
  { email, password }: Person,
  userAgent = "curl/8.5.0",
): Promise<Tokens> {
  const answer = await request.post(`${process.env.E2E_API_URL}/auth/signin`, {
    data: { email, password },
    headers: { "user-agent": userAgent },
  });
  return answer.json();
}
