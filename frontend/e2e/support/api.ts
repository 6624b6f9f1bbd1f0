/** The API, used by a client other than the web app. */

import type { components } from "../../src/api/schema";
import { codeOf } from "./authenticator";

type Account = components["schemas"]["SignupRequest"];
type Tokens = components["schemas"]["Tokens"];

const CURL = "curl/8.5.0";

async function post(path: string, body: object, userAgent = CURL, token?: string): Promise<Response> {
  const answer = await fetch(`${process.env.E2E_API_URL}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": userAgent,
      ...(token && { authorization: `Bearer ${token}` }),
    },
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

export interface Enrolled {
  /** What the person's app has. */
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Adds an authenticator app to this account, and makes recovery codes. */
export async function addAppAtApi(account: Account): Promise<Enrolled> {
  const { access_token: token } = await signInAtApi(account);
  const { secret } = await (await post("/auth/totp", {}, CURL, token)).json();
  await post("/auth/totp/confirm", { code: codeOf(secret) }, CURL, token);
  const { codes } = await (await post("/auth/recovery-codes", {}, CURL, token)).json();
  return { secret, recoveryCodes: codes };
}

/** A mail for a new password, if the address has an account. */
export async function askForPassword(email: string): Promise<void> {
  await post("/auth/password/forgot", { email });
}
