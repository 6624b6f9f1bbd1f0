import { describe, expect, it } from "vitest";
import { answerOf, optionsIn } from "./json";

const bytes = (...of: number[]) => new Uint8Array(of);

describe("the options of the API", () => {
  it("have bytes where browsers want bytes, and texts elsewhere", () => {
    const options = optionsIn(
      JSON.stringify({
        rp: { id: "localhost", name: "Postern" },
        user: { id: "-_8A", name: "ada@example.com", displayName: "Ada" },
        challenge: "AQID",
        excludeCredentials: [{ id: "_w", type: "public-key", transports: ["usb"] }],
        timeout: 300_000,
      }),
    );
    expect(options).toEqual({
      rp: { id: "localhost", name: "Postern" },
      user: { id: bytes(0xfb, 0xff, 0), name: "ada@example.com", displayName: "Ada" },
      challenge: bytes(1, 2, 3),
      excludeCredentials: [{ id: bytes(0xff), type: "public-key", transports: ["usb"] }],
      timeout: 300_000,
    });
  });
});

/** What password managers give that make passkeys themselves: an object without `toJSON`. */
function credential(response: object) {
  return { id: "_w", type: "public-key", authenticatorAttachment: "platform", response };
}

function answer(response: object) {
  return JSON.parse(Reflect.apply(answerOf, undefined, [credential(response)]));
}

describe("the answer for the API", () => {
  it("of a new passkey has its attestation and how it is reached", () => {
    const response = {
      clientDataJSON: bytes(0xfb).buffer,
      attestationObject: bytes(1).buffer,
      getTransports: () => ["internal"],
    };
    expect(answer(response)).toEqual({
      id: "_w",
      rawId: "_w",
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: { clientDataJSON: "-w", attestationObject: "AQ", transports: ["internal"] },
    });
  });

  it("of a known one has its signature, and whose it is if it says so", () => {
    const response = {
      clientDataJSON: bytes(0xfb).buffer,
      authenticatorData: bytes(1).buffer,
      signature: bytes(2).buffer,
    };
    const signed = { clientDataJSON: "-w", authenticatorData: "AQ", signature: "Ag" };
    expect(answer({ ...response, userHandle: null }).response).toEqual(signed);
    expect(answer({ ...response, userHandle: bytes(3).buffer }).response).toEqual({
      ...signed,
      userHandle: "Aw",
    });
  });
});
