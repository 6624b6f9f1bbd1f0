import "server-only";

import type { NextRequest, NextResponse } from "next/server";
import type { Api, Refused } from "./api.ts";
import {
  accessTokenIn,
  type CookieEdit,
  clearing,
  cookieOptions,
  holding,
  sessionCookieNames,
} from "./cookies.ts";
import { SESSION_ENDED } from "./path.ts";
import { isStale, plan } from "./plan.ts";
import { isReceiptPending, RECEIPT_PENDING, receiptMark } from "./receipt.ts";
import { isRefused, refresh } from "./refresh.ts";

/** What a server knows about its Postern and about its own address. */
export interface Wiring {
  readonly api: Api;
  /** True if people open this server on https: its cookies are `Secure` then. */
  readonly https: boolean;
}

/** The state of a request after its session was renewed or ended. */
export interface Standing {
  readonly session: "none" | "held" | "ended";
  /** The changes to the browser's cookies. */
  readonly edits: readonly CookieEdit[];
  /** Why the session could not be renewed, if the API did not answer or could not say. */
  readonly unavailable?: Refused;
}

/**
 * Renews the session of a request before a page or an action reads it: replaces an expired access token, and removes
 * useless cookies. It changes the request too, so that pages and actions read what the browser is about to get.
 * `doubted`: the access token may have been refused although it has not expired.
 */
export async function renew(
  request: NextRequest,
  wiring: Wiring,
  { doubted = isDoubted(request) } = {},
): Promise<Standing> {
  const standing = await settle(request, wiring, doubted);
  for (const { name, value } of standing.edits) {
    if (value) request.cookies.set(name, value);
    else request.cookies.delete(name);
  }
  markReceipt(request, standing, wiring);
  return standing;
}

export function tellBrowser({ edits }: Standing, response: NextResponse, https: boolean): void {
  const options = cookieOptions(https);
  for (const { name, value, maxAge } of edits) response.cookies.set(name, value, { ...options, maxAge });
  if (edits.length > 0) keepPrivate(response);
}

/** A shared cache would give the cookies, or the page, of one person to others. Next lets caches keep static pages. */
export function keepPrivate({ headers }: Pick<Response, "headers">): void {
  headers.set("Cache-Control", "private, no-store");
}

async function settle(request: NextRequest, { api, https }: Wiring, doubted: boolean): Promise<Standing> {
  const ended = { session: "ended", edits: clearing(https, "access", "refresh") } as const;
  const sent = sentCookies(request, https);
  const next = plan(sent, { now: new Date(), doubted });
  if (next.step === "sign-out") return ended;
  if (next.step === "try") {
    const refused = await isRefused(api, next.accessToken, request.headers);
    return refused ? ended : { session: "held", edits: [] };
  }
  if (next.step === "go-on") {
    const session = accessTokenIn(sent.access) ? "held" : "none";
    return { session, edits: clearing(https, ...next.useless) };
  }

  const refreshed = await refresh(api, next.refreshToken, request.headers);
  if (refreshed.status === "ended") return ended;
  if (refreshed.status === "renewed") return { session: "held", edits: holding(refreshed.tokens, https) };
  // The browser keeps its cookies. The page must not try a token that the API would refuse anyway.
  if (!sent.access || isStale(sent.access, new Date()))
    request.cookies.delete(sessionCookieNames(https).access);
  return { session: "held", edits: [], unavailable: refreshed.refused };
}

function sentCookies({ cookies }: NextRequest, https: boolean) {
  const names = sessionCookieNames(https);
  return { access: cookies.get(names.access)?.value, refresh: cookies.get(names.refresh)?.value };
}

/** A guard redirects to /signin if the API refuses a token. The session itself may still be valid. */
function isDoubted({ nextUrl }: NextRequest): boolean {
  return nextUrl.pathname === "/signin" && nextUrl.searchParams.get("notice") === SESSION_ENDED;
}

function markReceipt(request: NextRequest, { edits }: Standing, { https }: Wiring): void {
  const { access = "" } = sentCookies(request, https);
  if (edits.some(({ value }) => value)) request.headers.set(RECEIPT_PENDING, receiptMark(access));
  else if (!isReceiptPending(request.headers, access)) request.headers.delete(RECEIPT_PENDING);
}
