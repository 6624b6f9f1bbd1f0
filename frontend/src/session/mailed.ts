/** What this browser keeps for the pages of mails: the token of a link, the attempt that asked, and the typed address. */

import "server-only";

import { cookies } from "next/headers";
import { type NextRequest, NextResponse } from "next/server";
import { cookieOptions } from "postern-auth/web";
import { env } from "@/env";
import {
  cookieNames,
  keepingAddress,
  keepingAttempt,
  keepingLink,
  LINK_PAGES,
  type LinkPage,
  linkCookie,
  mailedTokenIn,
} from "./cookies";
import { edit } from "./jar";

/**
 * Moves the token of a link from the address to a cookie, and loads the page again. So it stays neither in the history
 * nor in what another site or a log gets to see. It is not used: that takes a form.
 */
export function withoutToken({ method, nextUrl }: NextRequest): NextResponse | undefined {
  const page = LINK_PAGES.find((name) => nextUrl.pathname === `/${name}`);
  if (!page || method === "POST" || !nextUrl.searchParams.has("token")) return;
  const { https } = env();
  const response = NextResponse.redirect(new URL(nextUrl.pathname, nextUrl), 303);
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  const { name, value, maxAge } = keepingLink(page, nextUrl.searchParams.get("token"), https);
  response.cookies.set(name, value, { ...cookieOptions(https), maxAge });
  return response;
}

export async function heldLink(page: LinkPage): Promise<string | undefined> {
  return mailedTokenIn((await cookies()).get(linkCookie(page, env().https))?.value);
}

/** Only in an action, like all that follow: once the link has been used. */
export async function dropLink(page: LinkPage): Promise<void> {
  await edit([keepingLink(page, null, env().https)]);
}

export async function heldAttempt(): Promise<string | undefined> {
  return mailedTokenIn((await cookies()).get(cookieNames(env().https).attempt)?.value);
}

export async function keepAttempt(attempt: string): Promise<void> {
  await edit([keepingAttempt(attempt, env().https)]);
}

export async function dropAttempt(): Promise<void> {
  await edit([keepingAttempt("", env().https), keepingLink("magic-link", null, env().https)]);
}

/** The address that was typed last, or "". */
export async function heldAddress(): Promise<string> {
  return (await cookies()).get(cookieNames(env().https).address)?.value ?? "";
}

export async function keepAddress(address: string): Promise<void> {
  await edit([keepingAddress(address, env().https)]);
}
