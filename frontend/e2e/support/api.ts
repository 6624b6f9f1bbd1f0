/** The API, used by a client other than the web app. */

import type { components } from "../../src/api/schema";

type Account = components["schemas"]["SignupRequest"];
type Tokens = components["schemas"]["Tokens"];

const CURL = "curl/8.5.0";

async function post(path: string, body: object, userAgent = CURL): Promise<Response> {
  const answer = await fetch(`${process.env.E2E_API_URL}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": userAgent },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

export async function signUpAtApi({ name, email, password }: Account): Promise<void> {
  await post("/auth/signup", { name, email, password });
}

export async function signInAtApi(
  { email, password }: Account,
  userAgent?: string,
): Promise<Tokens & { readonly device: string | null }> {
  const answer = await post("/auth/signin", { email, password }, userAgent);
  return { ...(await answer.json()), device: answer.headers.get("postern-device") };
}
