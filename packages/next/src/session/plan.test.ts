import { describe, expect, it } from "vitest";
import { isStale, plan } from "./plan.ts";

const NOW = new Date("2026-06-10T12:00:00Z");
const SECONDS = NOW.getTime() / 1_000;
const REFRESH = "r".repeat(76);

function token(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "ES256" })}.${part(claims)}.c2lnbmVk`;
}

const FRESH = token({ exp: SECONDS + 600 });
const STALE = token({ exp: SECONDS });

function planned(access: string | undefined, refresh: string | undefined, doubted = false) {
  return plan({ access, refresh }, { now: NOW, doubted });
}

describe("the plan for the cookies of a request is", () => {
  it("to do nothing if there are none, or if they were just removed", () => {
    expect(planned(undefined, undefined)).toEqual({ step: "go-on", useless: [] });
    expect(planned("", "")).toEqual({ step: "go-on", useless: [] });
    expect(planned(undefined, undefined, true)).toEqual({ step: "go-on", useless: [] });
  });

  it("to do nothing while the access token is fresh", () => {
    expect(planned(FRESH, REFRESH)).toEqual({ step: "go-on", useless: [] });
    expect(planned(FRESH, undefined)).toEqual({ step: "go-on", useless: [] });
  });

  it.each([undefined, "", STALE, "corrupt", "eyJh.eyJz.c", FRESH.slice(0, 40), "a".repeat(8_000)])(
    "to refresh if the access token is missing, stale or invalid: %j",
    (access) => {
      expect(planned(access, REFRESH)).toEqual({ step: "refresh", refreshToken: REFRESH });
    },
  );

  it("to refresh if the API has refused a fresh access token", () => {
    expect(planned(FRESH, REFRESH, true)).toEqual({ step: "refresh", refreshToken: REFRESH });
  });

  it("to try a refused access token if there is no refresh token", () => {
    expect(planned(FRESH, undefined, true)).toEqual({ step: "try", accessToken: FRESH });
    expect(planned(FRESH, "corrupt", true)).toEqual({ step: "try", accessToken: FRESH });
    expect(planned(STALE, undefined, true)).toEqual({ step: "sign-out" });
  });

  it("to remove an invalid refresh token, and to keep the access token beside it", () => {
    expect(planned(FRESH, "corrupt")).toEqual({ step: "go-on", useless: ["refresh"] });
    expect(planned(FRESH, "a".repeat(8_000))).toEqual({ step: "go-on", useless: ["refresh"] });
  });

  it.each([
    ["corrupt", "corrupt"],
    ["corrupt", undefined],
    [undefined, "corrupt"],
    [STALE, undefined],
    [STALE, "corrupt"],
    ["a".repeat(8_000), "a".repeat(8_000)],
  ])("to sign out if all cookies are useless: %#", (access, refresh) => {
    expect(planned(access, refresh)).toEqual({ step: "sign-out" });
  });
});

describe("an access token is stale", () => {
  it("from a little before it expires", () => {
    expect(isStale(token({ exp: SECONDS + 16 }), NOW)).toBe(false);
    expect(isStale(token({ exp: SECONDS + 15 }), NOW)).toBe(true);
    expect(isStale(token({ exp: SECONDS - 900 }), NOW)).toBe(true);
  });

  it.each([{}, { exp: "soon" }, { exp: null }, [], null, 7, "text"])(
    "if it has no expiry time: %j",
    (claims) => {
      expect(isStale(token(claims), NOW)).toBe(true);
    },
  );

  it("if its content is not JSON", () => {
    expect(isStale("eyJhbGciOiJFUzI1NiJ9.eyJz.c2ln", NOW)).toBe(true);
  });
});
