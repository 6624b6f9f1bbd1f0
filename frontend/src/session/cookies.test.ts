import { describe, expect, it } from "vitest";
import {
  cookieNames,
  deviceTokenIn,
  keepingAddress,
  keepingAttempt,
  keepingLink,
  keepingPasskeyOptions,
  keepingSecondStep,
  mailedTokenIn,
  passkeyOptionsIn,
  remembering,
  secondStepIn,
} from "./cookies";

it("on https the cookies are bound to this host", () => {
  expect(cookieNames(true)).toEqual({
    device: "__Host-postern-device",
    notice: "__Host-postern-notice",
    attempt: "__Host-postern-attempt",
    secondStep: "__Host-postern-second-step",
    passkeyOptions: "__Host-postern-passkey-options",
    offer: "__Host-postern-passkey-offer",
    address: "__Host-postern-address",
  });
});

it("on plain http they have no prefix, which a browser would refuse there", () => {
  expect(cookieNames(false)).toEqual({
    device: "postern-device",
    notice: "postern-notice",
    attempt: "postern-attempt",
    secondStep: "postern-second-step",
    passkeyOptions: "postern-passkey-options",
    offer: "postern-passkey-offer",
    address: "postern-address",
  });
});

const DEVICE = "v1.3q2+7w/8A==";

it("the device's cookie stays for as long as browsers keep a cookie", () => {
  expect(remembering(DEVICE, true)).toEqual([
    { name: "__Host-postern-device", value: DEVICE, maxAge: 34_560_000 },
  ]);
});

it("the device's cookie does not change if the API sends no device token", () => {
  expect(remembering(null, true)).toEqual([]);
});

describe("a device token", () => {
  it("is sent as it is", () => {
    expect(deviceTokenIn(DEVICE)).toBe(DEVICE);
    expect(deviceTokenIn("v1.".padEnd(300, "a"))).toHaveLength(300);
  });

  it.each([undefined, "", "☃", "a\nb", "a b", "é", "a\n", "\0", "a,b", "a".repeat(513)])(
    "is not sent if its form is wrong: %j",
    (value) => {
      expect(deviceTokenIn(value)).toBeUndefined();
    },
  );
});

const MAILED = "q2Vx0bJm3fK9d1rY5sL8wTzN4uH7pCgE6aQoIvXkM1k";

it("the token of a link is kept for half an hour, in a cookie of its page", () => {
  expect(keepingLink("undo-email", MAILED, true)).toEqual({
    name: "__Host-postern-undo-email",
    value: MAILED,
    maxAge: 1_800,
  });
  expect(keepingLink("verify-email", MAILED, false).name).toBe("postern-verify-email");
});

it.each([null, "", "a b", "a;b", "<script>", "a".repeat(101)])(
  "what is no token of a link removes the one before: %j",
  (token) => {
    expect(keepingLink("undo-email", token, false)).toMatchObject({ value: "", maxAge: 0 });
    expect(mailedTokenIn(token ?? undefined)).toBeUndefined();
  },
);

it("an attempt and a typed address are kept as long, and an empty one is removed", () => {
  expect(keepingAttempt(MAILED, false)).toMatchObject({ value: MAILED, maxAge: 1_800 });
  expect(keepingAttempt("", false)).toMatchObject({ maxAge: 0 });
  expect(keepingAddress("ada@example.com", false)).toMatchObject({ value: "ada@example.com", maxAge: 1_800 });
  expect(keepingAddress("a".repeat(321), false)).toMatchObject({ value: "", maxAge: 0 });
});

it("the second step of a sign-in is kept with its factors and its refused codes, and can be read again", () => {
  const step = { attempt: MAILED, factors: ["totp", "recovery_code"], enrol: [] };
  const { value, maxAge } = keepingSecondStep(step, false);
  expect(secondStepIn(value)).toEqual({ ...step, refused: 0 });
  const later = { ...step, refused: 4 };
  expect(secondStepIn(keepingSecondStep(later, false).value)).toEqual(later);
  const first = { attempt: MAILED, factors: [], enrol: ["totp", "passkey"], refused: 0 };
  expect(secondStepIn(keepingSecondStep(first, false).value)).toEqual(first);
  expect(maxAge).toBe(600);
  expect(keepingSecondStep(undefined, false)).toMatchObject({ value: "", maxAge: 0 });
});

it.each([
  ...[undefined, "", MAILED, ".0.totp.", `${MAILED}.0`, `${MAILED}.0.totp`, `${MAILED}.0.a b.`],
  ...[`${MAILED}.totp.totp.`, `${"a".repeat(101)}.0.totp.`],
])("what is no second step counts as none: %j", (value) => {
  expect(secondStepIn(value)).toBeUndefined();
});

describe("the options for a passkey of the second step", () => {
  const options = (passkeys: number) => ({
    challenge: "x".repeat(300),
    rpId: "localhost",
    allowCredentials: Array.from({ length: passkeys }, (_, place) => ({
      id: `${place}`.padStart(64, "_"),
      type: "public-key",
      transports: ["internal", "hybrid"],
    })),
  });
  const kept = (given: object) => keepingPasskeyOptions(given, true);

  it("are kept whole, and removed with their sign-in", () => {
    const { value, maxAge } = kept(options(3));
    expect(JSON.parse(passkeyOptionsIn(value) ?? "")).toEqual(options(3));
    expect(maxAge).toBe(600);
    expect(keepingPasskeyOptions(undefined, true)).toMatchObject({ value: "", maxAge: 0 });
  });

  it("lose the list of passkeys if a browser would drop so long a cookie", () => {
    const { value } = kept(options(60));
    expect(value.length).toBeLessThan(4_000);
    expect(JSON.parse(passkeyOptionsIn(value) ?? "")).toEqual(options(0));
  });

  it.each(["", "{}", "e30", "!", "x".repeat(5_000)])(
    "are none if the cookie has another form: %s",
    (value) => {
      expect(passkeyOptionsIn(value)).toBeUndefined();
    },
  );
});
