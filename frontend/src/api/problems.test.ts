import { describe, expect, it } from "vitest";
import document from "../../openapi.json";
import { atSignin, besidePassword, refusal } from "./problems";

const waiting = (seconds: string) => ({ headers: new Headers({ "retry-after": seconds }) });

const CODES = document.components.schemas.Problem.properties.code.enum;

describe("a refusal", () => {
  it.each(CODES)("has a short sentence of its own that ends with a full stop: %s", (code) => {
    const { sentence, code: known } = refusal({ code });
    expect(known).toBe(code);
    expect(sentence).toMatch(/^[A-Z].{10,110}\.$/);
  });

  it("says how long to wait if the API does", () => {
    expect(refusal({ code: "rate_limited" }, waiting("30"))).toMatchObject({
      sentence: "Too many attempts. Please try again in 30 seconds.",
      wait: 30,
      wrongSecret: false,
      signedOut: false,
    });
    expect(refusal({ code: "overloaded" }, waiting("1")).sentence).toBe(
      "The service has too much to do right now. Please try again in 1 second.",
    );
  });

  it.each(["", "0", "-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "9".repeat(10)])(
    "names no wait if Retry-After is invalid: %j",
    (seconds) => {
      const without = refusal({ code: "rate_limited" }).sentence;
      expect(refusal({ code: "rate_limited" }, waiting(seconds)).sentence).toBe(without);
    },
  );

  it("names no wait if its code is not about waiting", () => {
    const without = refusal({ code: "database_unavailable" }).sentence;
    expect(refusal({ code: "database_unavailable" }, waiting("5")).sentence).toBe(without);
  });

  it("names another way in if a sign-in has to wait long", () => {
    const long = atSignin(refusal({ code: "rate_limited" }, waiting("901")));
    expect(long.sentence).toMatch(/try again in 16 minutes\. You can still sign in with a browser/);
    for (const refused of [
      refusal({ code: "rate_limited" }, waiting("900")),
      refusal({ code: "rate_limited" }),
      refusal({ code: "overloaded" }, waiting("5000")),
    ]) {
      expect(atSignin(refused)).toBe(refused);
    }
  });

  it("names another way if asking for the password again has to wait long", () => {
    const long = besidePassword(refusal({ code: "rate_limited" }, waiting("901")), "password");
    expect(long.sentence).toMatch(/try again in 16 minutes\. You can also sign out and sign in again/);
  });

  it("has a general sentence if its code is not known yet", () => {
    expect(refusal({ code: "brand_new" }).sentence).toMatch(/doesn't know/);
    expect(refusal({ code: "toString" }).code).toBe("unfamiliar");
  });

  it("puts each field's first sentence beside that field", () => {
    const errors = [
      { field: "email", code: "a", message: "First." },
      { field: "email", code: "b", message: "Second." },
      { field: "password", code: "c", message: "Third." },
    ];
    expect(refusal({ code: "validation_failed", errors }).fields).toEqual({
      email: "First.",
      password: "Third.",
    });
  });

  it("knows which codes end a session", () => {
    expect(CODES.filter((code) => refusal({ code }).signedOut)).toEqual([
      "refresh_token_reused",
      "session_revoked",
      "token_expired",
      "token_invalid",
      "token_missing",
    ]);
  });

  it("knows whether the secret was wrong or was not checked", () => {
    expect(refusal({ code: "invalid_credentials" }).wrongSecret).toBe(true);
    for (const code of ["overloaded", "validation_failed", "email_taken"]) {
      expect(refusal({ code }).wrongSecret).toBe(false);
    }
  });

  it("of a person's own password is shown beside its field, and does not end the session", () => {
    const refused = besidePassword(refusal({ code: "invalid_credentials" }), "current_password");
    expect(refused).toMatchObject({
      fields: { current_password: "That isn't your password. Check it and try again." },
      signedOut: false,
      wrongSecret: true,
    });
    const other = refusal({ code: "overloaded" });
    expect(besidePassword(other, "current_password")).toBe(other);
  });
});
