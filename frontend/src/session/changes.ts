/** Starts and ends sessions, and sets this browser's cookies. Only in an action or a route handler. */

import "server-only";

import { headers } from "next/headers";
import { clearing, holding, refresh } from "postern-auth/web";
import { api } from "@/api/client";
import { atSignin, type Refusal, refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { env } from "@/env";
import { keepingAddress, remembering } from "./cookies";
import { edit, heldDevice, heldTokens } from "./jar";
import { dropLink } from "./mailed";
import { asBearer, asUser } from "./transport";
import { wiring } from "./wiring";

type Credentials = components["schemas"]["SigninRequest"];

/** Only in an action: signs this browser in as the device of its last sign-in. Returns the reason if it is refused. */
export async function startSession(credentials: Credentials): Promise<Refusal | undefined> {
  const { data, error, response } = await (await api()).POST("/auth/signin", {
    body: credentials,
    params: { header: await deviceHeader() },
  });
  if (!data) return atSignin(refusal(error, response));
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: the same with the link or the code of a mail that this browser asked for. */
export async function startSessionByMail(
  body: components["schemas"]["MagicLinkSignin"],
): Promise<Refusal | undefined> {
  const { data, error, response } = await (await api()).POST("/auth/magic-link/signin", {
    body,
    params: { header: await deviceHeader() },
  });
  if (!data) return refusal(error, response);
  // The attempt stays: if the link is opened again, the API can say that it has been used.
  await dropLink("magic-link");
  await edit(holding(data, env().https));
  await rememberDevice(response);
}

/** Only in an action: as `asUser`. This browser then holds the new session, and is known by the new password. */
export async function replacePassword(
  path: string,
  body: components["schemas"]["PasswordChange"],
): Promise<Refusal | undefined> {
  const header = await deviceHeader();
  return asUser(path, async (client) => {
    const answer = await client.POST("/auth/password/change", { body, params: { header } });
    if (answer.data) await edit(holding(answer.data, env().https));
    await rememberDevice(answer.response);
    return answer;
  });
}

/**
 * Only in an action: as `asUser`. Proves again who the person is. The new tokens say when, so other services see it too.
 * If they cannot be had now, the next refresh gives them.
 */
export async function proveAgain(path: string, password: string): Promise<Refusal | undefined> {
  const refused = await asUser(path, (client) => client.POST("/auth/reauthenticate", { body: { password } }));
  const { refreshToken } = await heldTokens();
  if (refused || !refreshToken) return refused;
  const refreshed = await refresh(wiring().api, refreshToken, await headers());
  if (refreshed.status === "renewed") await edit(holding(refreshed.tokens, env().https));
}

/**
 * Only in an action or a route handler. Signs this browser out even if the API does not answer. False if the session
 * may still exist at the API.
 */
export async function endSession(): Promise<boolean> {
  const { error } = await asBearer((client) => client.POST("/auth/signout"));
  await forgetSession();
  return error === undefined || refusal(error).signedOut;
}

/** Only in an action, if the call to the API has also ended the session. The next person here sees no typed address. */
export async function forgetSession(): Promise<void> {
  const { https } = env();
  await edit([...clearing(https, "access", "refresh"), keepingAddress("", https)]);
}

async function deviceHeader(): Promise<{ readonly "Postern-Device"?: string }> {
  return { "Postern-Device": await heldDevice() };
}

async function rememberDevice(response: Response): Promise<void> {
  await edit(remembering(response.headers.get("postern-device"), env().https));
}
