import { Socket } from "node:net";
import { expect, it } from "vitest";
import { appendPeer } from "./start";

function forwarded(told: string | string[] | undefined, peer: string | undefined): unknown {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: peer });
  const headers: Record<string, string | string[] | undefined> = { "x-forwarded-for": told };
  appendPeer({ headers, socket });
  return headers["x-forwarded-for"];
}

it("the address at the other end of the socket stands last", () => {
  expect(forwarded(undefined, "192.0.2.1")).toBe("192.0.2.1");
  expect(forwarded("203.0.113.9", "192.0.2.1")).toBe("203.0.113.9, 192.0.2.1");
  expect(forwarded(["203.0.113.9", "198.51.100.7"], "2001:db8::1")).toBe(
    "203.0.113.9, 198.51.100.7, 2001:db8::1",
  );
});

it("a socket that is already closed adds nothing", () => {
  expect(forwarded("203.0.113.9", undefined)).toBe("203.0.113.9");
});
