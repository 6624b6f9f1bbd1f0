/** Decides what to do about the cookies of a request. Pure: it takes the cookies and the time. */

import "server-only";

import { accessTokenIn, refreshTokenIn, type SessionCookies } from "./cookies.ts";

export type Plan =
  /** The request goes on as it is; `useless` are cookies that can never be used. */
  | { readonly step: "go-on"; readonly useless: readonly (keyof SessionCookies)[] }
  | { readonly step: "refresh"; readonly refreshToken: string }
  /** There is only an access token, and the API may have refused it. */
  | { readonly step: "try"; readonly accessToken: string }
  /** There are cookies, but all of them are useless. */
  | { readonly step: "sign-out" };

interface Circumstances {
  readonly now: Date;
  /** True if the API may have refused the access token although it has not expired. */
  readonly doubted: boolean;
}

export function plan(sent: SessionCookies, { now, doubted }: Circumstances): Plan {
  const [access, refresh] = [accessTokenIn(sent.access), refreshTokenIn(sent.refresh)];
  const fresh = access !== undefined && !isStale(access, now);
  if (refresh && (!fresh || doubted)) return { step: "refresh", refreshToken: refresh };
  if (fresh && doubted) return { step: "try", accessToken: access };
  if (fresh) return { step: "go-on", useless: sent.refresh && !refresh ? ["refresh"] : [] };
  // A cookie that was just removed has an empty value.
  return sent.access || sent.refresh ? { step: "sign-out" } : { step: "go-on", useless: [] };
}

/** Milliseconds. The token must not expire during the request. */
const SKEW = 15_000;

/** Reads the token's own claims, which are not verified here. So the answer only decides whether to refresh. */
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
