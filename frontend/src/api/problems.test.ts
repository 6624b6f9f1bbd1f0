import { describe, expect, it } from "vitest";
import document from "../../openapi.json";
import { besidePassword, refusal } from "./problems";

const CODES = document.components.schemas.Problem.properties.code.enum;

describe("a refusal", () => {
  it.each(CODES)("has a short sentence of its own that ends well: %s", (code) => {
    const { sentence, code: known } = refusal({ code });
    expect(known).toBe(code);
    expect(sentence).toMatch(/^[A-Z].{10,110}\.$/);
  });

  it("by a code that is not known yet is still said kindly", () => {
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

  it("tells a wrong secret from one that was merely not used", () => {
    expect(refusal({ code: "invalid_credentials" }).wrongSecret).toBe(true);
    for (const code of ["overloaded", "validation_failed", "email_taken"]) {
      expect(refusal({ code }).wrongSecret).toBe(false);
    }
  });

  it("of one's own password stands beside its field, and ends nothing", () => {
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
