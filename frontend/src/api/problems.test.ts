import { describe, expect, it } from "vitest";
import { OURS } from "@/words/catalogue";
import document from "../../openapi.json";
import { atSignin, besidePassword, fieldSentence, type Refusal, refusal, sentenceOf } from "./problems";

const ENGLISH = { language: "en", words: OURS.en };
const GERMAN = { language: "de", words: OURS.de };
const said = (refused: Refusal) => sentenceOf(refused, ENGLISH);

const waiting = (seconds: string) => ({ headers: new Headers({ "retry-after": seconds }) });

const CODES = document.components.schemas.Problem.properties.code.enum;

describe("a refusal", () => {
  it.each(CODES)("has a short sentence of its own that ends with a full stop: %s", (code) => {
    const refused = refusal({ code });
    expect(refused.code).toBe(code);
    for (const spoken of [ENGLISH, GERMAN]) expect(sentenceOf(refused, spoken)).toMatch(/^[A-Z].{10,130}\.$/);
  });

  it("says how long to wait if the API does", () => {
    const limited = refusal({ code: "rate_limited" }, waiting("30"));
    expect(limited).toMatchObject({ wait: 30, wrongSecret: false, signedOut: false });
    expect(said(limited)).toBe("Too many attempts. Please try again in 30 seconds.");
    expect(sentenceOf(limited, GERMAN)).toBe(
      "Zu viele Versuche. Bitte warten Sie 30 Sekunden, und versuchen Sie es noch einmal.",
    );
    expect(said(refusal({ code: "overloaded" }, waiting("1")))).toBe(
      "The service has too much to do right now. Please try again in 1 second.",
    );
  });

  it.each(["", "0", "-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "9".repeat(10)])(
    "names no wait if Retry-After is invalid: %j",
    (seconds) => {
      const without = said(refusal({ code: "rate_limited" }));
      expect(said(refusal({ code: "rate_limited" }, waiting(seconds)))).toBe(without);
    },
  );

  it("names no wait if its code is not about waiting", () => {
    const without = said(refusal({ code: "database_unavailable" }));
    expect(said(refusal({ code: "database_unavailable" }, waiting("5")))).toBe(without);
  });

  it("names another way in if a sign-in has to wait long", () => {
    const long = atSignin(refusal({ code: "rate_limited" }, waiting("901")));
    expect(said(long)).toMatch(/try again in 16 minutes\. You can still sign in with a browser/);
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
    expect(said(long)).toMatch(/try again in 16 minutes\. You can also sign out and sign in again/);
  });

  it("has a general sentence if its code is not known yet", () => {
    expect(said(refusal({ code: "brand_new" }))).toMatch(/doesn't know/);
    expect(refusal({ code: "toString" }).code).toBe("unfamiliar");
  });

  it("names each field's first fault", () => {
    const errors = [
      { field: "email", code: "a", message: "First." },
      { field: "email", code: "b", message: "Second." },
      { field: "password", code: "c", message: "Third.", params: { minimum: 8 } },
    ];
    expect(refusal({ code: "validation_failed", errors }).fields).toEqual({
      email: { code: "a" },
      password: { code: "c", params: { minimum: 8 } },
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
      fields: { current_password: { code: "password_wrong" } },
      signedOut: false,
      wrongSecret: true,
    });
    const other = refusal({ code: "overloaded" });
    expect(besidePassword(other, "current_password")).toBe(other);
  });
});

describe("a refused field", () => {
  it.each([
    [{ code: "missing" }, OURS.en.fields.missing],
    [
      { code: "password_too_short", params: { minimum: 15 } },
      "Use at least 15 characters. Length is what makes a password strong.",
    ],
    [{ code: "password_too_short" }, OURS.en.fields.other],
    [{ code: "password_too_common", params: { reason: "leaked" } }, OURS.en.newPassword.leaked],
    [{ code: "password_too_common", params: { reason: "hint" } }, OURS.en.fields.password_too_common],
    [{ code: "email_invalid", params: { reason: "two_at" } }, OURS.en.fields.email_invalid_two_at],
    [{ code: "email_invalid", params: { reason: "one_address" } }, OURS.en.fields.email_invalid],
    [{ code: "code_invalid" }, OURS.en.problems.code_invalid],
    [{ code: "brand_new" }, OURS.en.fields.other],
    [{ code: "toString" }, OURS.en.fields.other],
  ])("has a sentence by its code: %j", (fault, sentence) => {
    expect(fieldSentence(fault, OURS.en)).toBe(sentence);
  });
});
