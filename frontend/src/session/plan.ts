/** What is to be done about the cookies that came with a request. Pure: cookies and a time go in. */

import "server-only";

import { accessTokenIn, refreshTokenIn, type SessionCookies } from "./cookies";

export type Plan =
  /** The request goes on as it is; `useless` are cookies that can never be used. */
  | { readonly step: "go-on"; readonly useless: readonly (keyof SessionCookies)[] }
  | { readonly step: "refresh"; readonly refreshToken: string }
  /** There is an access token alone, and a doubt about it. */
  | { readonly step: "try"; readonly accessToken: string }
  /** There are cookies, and nothing can be made of them. */
  | { readonly step: "sign-out" };

interface Circumstances {
  readonly now: Date;
  /** True where the API has refused the access token although its time is not over. */
  readonly doubted: boolean;
}

export function plan(sent: SessionCookies, { now, doubted }: Circumstances): Plan {
  const [access, refresh] = [accessTokenIn(sent.access), refreshTokenIn(sent.refresh)];
  const fresh = access !== undefined && !isStale(access, now);
  if (refresh && (!fresh || doubted)) return { step: "refresh", refreshToken: refresh };
  if (fresh && doubted) return { step: "try", accessToken: access };
  if (fresh) return { step: "go-on", useless: sent.refresh && !refresh ? ["refresh"] : [] };
  // An empty value is what a cookie has that was just cleared.
  return sent.access || sent.refresh ? { step: "sign-out" } : { step: "go-on", useless: [] };
}

/** It has to last through the request. */
const SKEW = 15_000;

/** By its own word, which nobody has verified: good enough to ask for the next one, and for nothing else. */
export function isStale(accessToken: string, now: Date): boolean {
  const { exp } = claimsIn(accessToken);
  return typeof exp !== "number" || exp * 1_000 <= now.getTime() + SKEW;
}

function claimsIn(accessToken: string): { readonly exp?: unknown } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
