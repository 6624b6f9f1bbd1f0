import { describe, expect, it, vi } from "vitest";
import { refusal } from "@/api/problems";
import { OURS } from "@/words/catalogue";
import type { Words } from "@/words/words";
import { answer } from "./action";

const RULES = {
  email: { missing: ({ signin }: Words) => signin.missingEmail },
  password: { missing: ({ signin }: Words) => signin.missingPassword, secret: true },
  next: {},
} as const;

const ENGLISH = { language: "en", words: OURS.en };

/** Answers the form with the English sentences. */
function action<Field extends string>(
  rules: Parameters<typeof answer<Field>>[0]["rules"],
  perform: Parameters<typeof answer<Field>>[0]["perform"],
) {
  return (data: FormData) => answer({ rules, perform }, data, ENGLISH);
}

function form(fields: Record<string, string | Blob>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

describe("an action", () => {
  it("refuses fields that were left empty, without performing anything", async () => {
    const perform = vi.fn();
    const state = await action(RULES, perform)(form({ email: "  ", password: "", next: "" }));
    expect(state).toMatchObject({
      status: "refused",
      message: "",
      errors: { email: "Enter your email address.", password: "Enter your password." },
    });
    expect(perform).not.toHaveBeenCalled();
  });

  it("trims what is typed, but never a secret", async () => {
    const perform = vi.fn(async (value: (field: "email" | "password" | "next") => string) => ({
      saved: `${value("email")}|${value("password")}|${value("next")}`,
    }));
    const state = await action(RULES, perform)(form({ email: " a@example.com ", password: "  x  " }));
    expect(state).toEqual({ status: "saved", message: "a@example.com|  x  |" });
  });

  it("gives back what was typed, but never a secret", async () => {
    const refused = action(RULES, async () => refusal({ code: "invalid_credentials" }));
    const state = await refused(form({ email: "a@example.com", password: "hunter2", next: "/x" }));
    expect(state).toMatchObject({
      status: "refused",
      values: { email: "a@example.com", next: "/x" },
      wrongSecret: true,
    });
    expect(JSON.stringify(state)).not.toContain("hunter2");
  });

  it("has an error for the whole form only if no field has one", async () => {
    const data = () => form({ email: "a@example.com", password: "hunter2" });
    const taken = await action(RULES, async () => refusal({ code: "email_taken" }))(data());
    expect(taken).toMatchObject({
      message: "",
      errors: { email: expect.stringContaining("already an account") },
    });

    const problem = {
      code: "validation_failed",
      errors: [{ field: "unheard_of", code: "extra_forbidden", message: "Unknown." }],
    } as const;
    const unknown = await action(RULES, async () => refusal({ ...problem, errors: [...problem.errors] }))(
      data(),
    );
    expect(unknown).toMatchObject({ message: expect.stringContaining("wasn't accepted") });
  });

  it("treats a file in a text field as an empty field", async () => {
    const state = await action(RULES, vi.fn())(form({ email: new Blob(["x"]), password: "hunter2" }));
    expect(state).toMatchObject({ errors: { email: "Enter your email address." } });
  });

  it("accepts only the wanted text, in capital or small letters", async () => {
    const rules = { confirmation: { missing: () => "Type it.", wanted: () => "Delete" } } as const;
    const perform = vi.fn(async () => ({ saved: "Gone." }));
    for (const confirmation of ["", "deleted", "de lete"]) {
      const state = await action(rules, perform)(form({ confirmation }));
      expect(state).toMatchObject({ status: "refused", errors: { confirmation: "Type it." } });
    }
    expect(perform).not.toHaveBeenCalled();
    expect(await action(rules, perform)(form({ confirmation: " Delete " }))).toMatchObject({
      status: "saved",
    });
  });

  it.each([
    [["totp", "recovery_code"], "code"],
    [["recovery_code"], "code"],
    [["password"], "password"],
    [["passkey", "password"], "passkey"],
    [[], "signin"],
  ] as const)("says how a person can confirm who they are: %j", async (factors, prove) => {
    const refused = action(RULES, async () => refusal({ code: "reauthentication_required", factors }));
    const state = await refused(form({ email: "a@example.com", password: "x", next: "" }));
    expect(state).toMatchObject({ status: "refused", prove });
  });

  it("offers another way beside a passkey only if there is one", async () => {
    const asked = (...factors: string[]) =>
      action(RULES, async () => refusal({ code: "reauthentication_required", factors }))(
        form({ email: "a@example.com", password: "x", next: "" }),
      );
    expect(await asked("passkey", "totp")).toMatchObject({ prove: "passkey", orElse: "code" });
    expect(await asked("passkey")).not.toHaveProperty("orElse");
  });
});
