import "server-only";

import type { NextRequest, NextResponse } from "next/server";
import type { Refusal } from "@/api/problems";
import { env } from "@/env";
import { SESSION_ENDED } from "@/lib/next-path";
import { accessTokenIn, type CookieEdit, clearing, cookieNames, cookieOptions, holding } from "./cookies";
import { isStale, plan } from "./plan";
import { isReceiptPending, RECEIPT_PENDING, receiptMark } from "./receipt";
import { isRefused, refresh } from "./refresh";

/** The state of a request after its session was renewed or ended. */
export interface Standing {
  readonly session: "none" | "held" | "ended";
  /** The changes to the browser's cookies. */
  readonly edits: readonly CookieEdit[];
  /** Why the session could not be renewed, if the API did not answer or could not say. */
  readonly unavailable?: Refusal;
}

/**
 * Renews the session of a request before a page or an action reads it: replaces an expired access token, and removes
 * useless cookies. It changes the request too, so that pages and actions read what the browser is about to get.
 */
export async function renew(request: NextRequest): Promise<Standing> {
  const standing = await settle(request);
  for (const { name, value } of standing.edits) {
    if (value) request.cookies.set(name, value);
    else request.cookies.delete(name);
  }
  markReceipt(request, standing);
  return standing;
}

export function tellBrowser({ edits }: Standing, response: NextResponse): void {
  const options = cookieOptions(env().https);
  for (const { name, value, maxAge } of edits) response.cookies.set(name, value, { ...options, maxAge });
}

async function settle(request: NextRequest): Promise<Standing> {
  const { https } = env();
  const ended = { session: "ended", edits: clearing(https, "access", "refresh") } as const;
  const sent = sentCookies(request);
  const next = plan(sent, { now: new Date(), doubted: isDoubted(request) });
  if (next.step === "sign-out") return ended;
  if (next.step === "try") {
    return (await isRefused(next.accessToken, request.headers)) ? ended : { session: "held", edits: [] };
  }
  if (next.step === "go-on") {
    const session = accessTokenIn(sent.access) ? "held" : "none";
    return { session, edits: clearing(https, ...next.useless) };
  }

  const refreshed = await refresh(next.refreshToken, request.headers);
  if (refreshed.status === "ended") return ended;
  if (refreshed.status === "renewed") return { session: "held", edits: holding(refreshed.tokens, https) };
  // The browser keeps its cookies. The page must not try a token that the API would refuse anyway.
  if (!sent.access || isStale(sent.access, new Date())) request.cookies.delete(cookieNames(https).access);
  return { session: "held", edits: [], unavailable: refreshed.refusal };
}

function sentCookies({ cookies }: NextRequest) {
  const names = cookieNames(env().https);
  return { access: cookies.get(names.access)?.value, refresh: cookies.get(names.refresh)?.value };
}

/** A guard redirects to /signin if the API refuses a token. The session itself may still be valid. */
function isDoubted({ nextUrl }: NextRequest): boolean {
  return nextUrl.pathname === "/signin" && nextUrl.searchParams.get("notice") === SESSION_ENDED;
}

function markReceipt(request: NextRequest, { edits }: Standing): void {
  const { access = "" } = sentCookies(request);
  if (edits.some(({ value }) => value)) request.headers.set(RECEIPT_PENDING, receiptMark(access));
  else if (!isReceiptPending(request.headers, access)) request.headers.delete(RECEIPT_PENDING);
}
