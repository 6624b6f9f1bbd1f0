import type { IncomingHttpHeaders } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { appendPeer } from "./start";

function request(headers: IncomingHttpHeaders, peer: string | undefined) {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: peer });
  return { headers, socket };
}

function forwarded(told: string | undefined, peer: string | undefined): unknown {
  const one = request({ "x-forwarded-for": told }, peer);
  appendPeer(one);
  return one.headers["x-forwarded-for"];
}

it("the address at the other end of the socket stands last", () => {
  expect(forwarded(undefined, "192.0.2.1")).toBe("192.0.2.1");
  expect(forwarded("", "192.0.2.1")).toBe("192.0.2.1");
  expect(forwarded("203.0.113.9", "192.0.2.1")).toBe("203.0.113.9, 192.0.2.1");
  expect(forwarded("203.0.113.9, 198.51.100.7", "2001:db8::1")).toBe(
    "203.0.113.9, 198.51.100.7, 2001:db8::1",
  );
});

it("whoever has hung up already is not believed the address that they wrote", () => {
  expect(forwarded("203.0.113.9", undefined)).toBe("203.0.113.9, unknown");
});

it("where Next asks itself with the headers of a visitor's request, nothing is appended", () => {
  const first = request({ "x-forwarded-for": "203.0.113.9" }, "192.0.2.1");
  appendPeer(first);
  const again = request({ ...first.headers }, "127.0.0.1");
  appendPeer(again);
  appendPeer(again);
  expect(again.headers["x-forwarded-for"]).toBe("203.0.113.9, 192.0.2.1");
});

it.each(["", "1", "postern-peer", "00000000-0000-4000-8000-000000000000"])(
  "a mark that a visitor writes is none: %j",
  (mark) => {
    const one = request({ "x-forwarded-for": "203.0.113.9", "postern-peer": mark }, "192.0.2.1");
    appendPeer(one);
    expect(one.headers["x-forwarded-for"]).toBe("203.0.113.9, 192.0.2.1");
  },
);
