import "server-only";

import type { NextRequest, NextResponse } from "next/server";
import { env } from "@/env";
import { SESSION_ENDED } from "@/lib/next-path";
import { accessTokenIn, type CookieEdit, clearing, cookieNames, cookieOptions, holding } from "./cookies";
import { isStale, plan } from "./plan";
import { isReceiptPending, RECEIPT_PENDING, receiptMark } from "./receipt";
import { isRefused, refresh } from "./refresh";

/** How a request stands after its session was seen to. */
export interface Standing {
  readonly session: "none" | "held" | "ended";
  /** What the browser is told about its cookies. */
  readonly edits: readonly CookieEdit[];
}

/**
 * Sees to a request's session before any page or action looks at it: an access token whose time is over is replaced,
 * and cookies of no use go. The request itself is changed, so that pages and actions find what the browser will have.
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
  // The browser keeps all it has; the page is not to try a token that it can only be refused with.
  if (!sent.access || isStale(sent.access, new Date())) request.cookies.delete(cookieNames(https).access);
  return { session: "held", edits: [] };
}

function sentCookies({ cookies }: NextRequest) {
  const names = cookieNames(env().https);
  return { access: cookies.get(names.access)?.value, refresh: cookies.get(names.refresh)?.value };
}

/** A guard sends people here when the API refuses their token: is the session really over? */
function isDoubted({ nextUrl }: NextRequest): boolean {
  return nextUrl.pathname === "/signin" && nextUrl.searchParams.get("notice") === SESSION_ENDED;
}

function markReceipt(request: NextRequest, { edits }: Standing): void {
  const { access = "" } = sentCookies(request);
  if (edits.some(({ value }) => value)) request.headers.set(RECEIPT_PENDING, receiptMark(access));
  else if (!isReceiptPending(request.headers, access)) request.headers.delete(RECEIPT_PENDING);
}
