import { describe, expect, it } from "vitest";
import { isStale, plan } from "./plan";

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

describe("what is done about the cookies of a request", () => {
  it("nothing for who has none, or has just lost them", () => {
    expect(planned(undefined, undefined)).toEqual({ step: "go-on", useless: [] });
    expect(planned("", "")).toEqual({ step: "go-on", useless: [] });
    expect(planned(undefined, undefined, true)).toEqual({ step: "go-on", useless: [] });
  });

  it("nothing while the access token lasts", () => {
    expect(planned(FRESH, REFRESH)).toEqual({ step: "go-on", useless: [] });
    expect(planned(FRESH, undefined)).toEqual({ step: "go-on", useless: [] });
  });

  it.each([undefined, "", STALE, "corrupt", "eyJh.eyJz.c", FRESH.slice(0, 40), "a".repeat(8_000)])(
    "a refresh where the access token is absent, stale or none: %j",
    (access) => {
      expect(planned(access, REFRESH)).toEqual({ step: "refresh", refreshToken: REFRESH });
    },
  );

  it("a refresh also of a fresh one, where the API has refused it", () => {
    expect(planned(FRESH, REFRESH, true)).toEqual({ step: "refresh", refreshToken: REFRESH });
  });

  it("a try, where there is nothing else to ask with", () => {
    expect(planned(FRESH, undefined, true)).toEqual({ step: "try", accessToken: FRESH });
    expect(planned(FRESH, "corrupt", true)).toEqual({ step: "try", accessToken: FRESH });
    expect(planned(STALE, undefined, true)).toEqual({ step: "sign-out" });
  });

  it("a refresh token that cannot be one goes, and the access token beside it stays", () => {
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
  ])("signing out where there are cookies of no use: %#", (access, refresh) => {
    expect(planned(access, refresh)).toEqual({ step: "sign-out" });
  });
});

describe("an access token is stale", () => {
  it("from a little before its end", () => {
    expect(isStale(token({ exp: SECONDS + 16 }), NOW)).toBe(false);
    expect(isStale(token({ exp: SECONDS + 15 }), NOW)).toBe(true);
    expect(isStale(token({ exp: SECONDS - 900 }), NOW)).toBe(true);
  });

  it.each([{}, { exp: "soon" }, { exp: null }, [], null, 7, "text"])(
    "without an end to go by: %j",
    (claims) => {
      expect(isStale(token(claims), NOW)).toBe(true);
    },
  );

  it("when it is not JSON inside", () => {
    expect(isStale("eyJhbGciOiJFUzI1NiJ9.eyJz.c2ln", NOW)).toBe(true);
  });
});
