import { describe, expect, it } from "vitest";
import { OURS } from "./catalogue";
import { InvalidWords, withChanges } from "./changes";

const OUR = new Map(Object.entries(OURS));

function changed(language: string, content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return withChanges(OUR, OURS.en, [{ path: `/words/${language}.json`, language, text }]);
}

function faults(language: string, content: unknown): string {
  try {
    changed(language, content);
  } catch (error) {
    if (error instanceof InvalidWords) return error.message;
    throw error;
  }
  return "";
}

describe("a file of a language that we have", () => {
  it("changes its sentences, and leaves all others", () => {
    const words = changed("de", { web: { signin: { welcome: "Moin!" } } });
    expect(words.get("de")?.signin).toEqual({ ...OURS.de.signin, welcome: "Moin!" });
    expect(words.get("de")?.signup).toEqual(OURS.de.signup);
    expect(words.get("en")).toEqual(OURS.en);
  });

  it("may have words of mails alone", () => {
    expect(changed("en", { mail: { anything: 1 } })).toEqual(OUR);
  });

  it("changes all forms of a count together", () => {
    const devices = { showAll: { other: "{count} devices" } };
    expect(changed("en", { web: { devices } }).get("en")?.devices.showAll).toEqual(devices.showAll);
  });

  it.each([
    ["{", "/words/en.json: the file must have one JSON object."],
    ["[]", "/words/en.json: the file must have one JSON object."],
    [{ pages: {} }, '/words/en.json: pages is not known. There are "web" and "mail".'],
    [{ web: [] }, "/words/en.json: web must be an object with sentences."],
    [{ web: { signin: "Hi" } }, "/words/en.json: web.signin must be an object with sentences."],
    [{ web: { signin: { hi: "Hi" } } }, "/words/en.json: web.signin.hi is not a sentence of this release."],
    [{ web: { toString: "Hi" } }, "/words/en.json: web.toString is not a sentence of this release."],
    [{ web: { signin: { welcome: 1 } } }, "/words/en.json: web.signin.welcome must be a sentence."],
    [{ web: { signin: { welcome: " " } } }, "/words/en.json: web.signin.welcome must be a sentence."],
    [
      { web: { signin: { welcome: "Hi {name}" } } },
      "/words/en.json: web.signin.welcome must not have {name}.",
    ],
    [
      { web: { signin: { newHere: "New?" } } },
      "/words/en.json: web.signin.newHere must have {signup}, and no other.",
    ],
    [
      { web: { devices: { showAll: { one: "1" } } } },
      "/words/en.json: web.devices.showAll.other is missing.",
    ],
    [
      { web: { devices: { showAll: { few: "{count}", other: "{count}" } } } },
      '/words/en.json: web.devices.showAll.few is not a form of "en": one, other.',
    ],
    [
      { web: { devices: { showAll: { other: "All" } } } },
      "/words/en.json: web.devices.showAll must have {count}, and no other.",
    ],
  ])("is refused, by file and key: %j", (content, sentence) => {
    expect(faults("en", content)).toContain(`\n  - ${sentence}`);
  });
});

describe("a file of another language", () => {
  const { devices, newPassword } = OURS.en;
  const forms = { one: "{count}", few: "{count}", many: "{count}", other: "{count}" };
  const POLISH = {
    ...OURS.en,
    devices: { ...devices, showAll: forms },
    newPassword: { ...newPassword, hint: forms },
    signin: { ...OURS.en.signin, welcome: "Dzień dobry" },
  };

  it("adds that language, with its own forms of counts", () => {
    const words = changed("pl", { web: POLISH });
    expect([...words.keys()]).toEqual(["en", "de", "pl"]);
    expect(words.get("pl")).toEqual(POLISH);
  });

  it("is refused if a sentence is missing", () => {
    const { welcome, ...signin } = POLISH.signin;
    expect(faults("pl", { web: { ...POLISH, signin } })).toContain(
      "/words/pl.json: web.signin.welcome is missing. Another language needs each sentence.",
    );
    expect(faults("pl", { mail: {} })).toMatch(/web\.app is missing[\s\S]*and \d+ more like these$/);
  });
});
