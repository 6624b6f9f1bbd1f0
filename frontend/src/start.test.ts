import type { IncomingHttpHeaders } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { parseEnv } from "./env";
import { appendPeer as append, chooseLanguage } from "./start";

function request(headers: IncomingHttpHeaders, peer: string | undefined, distinct = {}) {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: peer });
  return { headers, socket, headersDistinct: distinct };
}

const USUAL = parseEnv({ NODE_ENV: "development" });

function appendPeer(one: Parameters<typeof append>[0], env = USUAL) {
  append(one, env);
}

const REAL_IP = parseEnv({
  NODE_ENV: "development",
  CLIENT_ADDRESS_HEADER: "X-Real-IP",
  TRUSTED_PROXIES: "10.0.0.0/8, 2001:db8:ffff::/48",
});

it.each([
  [["203.0.113.9"], "10.0.0.5", "203.0.113.9"],
  [["203.0.113.9"], "::ffff:10.0.0.5", "203.0.113.9"],
  [["2001:db8::1"], "2001:db8:ffff::1", "2001:db8::1"],
  [["203.0.113.9"], "192.0.2.1", "192.0.2.1"],
  [["203.0.113.9", "203.0.113.9"], "10.0.0.5", "10.0.0.5"],
  [["tulip"], "10.0.0.5", "10.0.0.5"],
  [undefined, "10.0.0.5", "10.0.0.5"],
])("for X-Real-IP %j from the peer %s, the API gets %s", (values, peer, expected) => {
  const one = request({ "x-real-ip": values?.join(", ") }, peer, { "x-real-ip": values });
  appendPeer(one, REAL_IP);
  expect(one.headers["x-real-ip"]).toBe(expected);
});

function forwarded(claimed: string | undefined, peer: string | undefined): unknown {
  const one = request({ "x-forwarded-for": claimed }, peer);
  appendPeer(one);
  return one.headers["x-forwarded-for"];
}

it("the address at the other end of the socket is the last one", () => {
  expect(forwarded(undefined, "192.0.2.1")).toBe("192.0.2.1");
  expect(forwarded("", "192.0.2.1")).toBe("192.0.2.1");
  expect(forwarded("203.0.113.9", "192.0.2.1")).toBe("203.0.113.9, 192.0.2.1");
  expect(forwarded("203.0.113.9, 198.51.100.7", "2001:db8::1")).toBe(
    "203.0.113.9, 198.51.100.7, 2001:db8::1",
  );
});

it("a claimed address does not count if the connection is already closed", () => {
  expect(forwarded("203.0.113.9", undefined)).toBe("203.0.113.9, unknown");
});

it("nothing is appended if Next requests a page from itself with a visitor's headers", () => {
  const first = request({ "x-forwarded-for": "203.0.113.9" }, "192.0.2.1");
  appendPeer(first);
  const again = request({ ...first.headers }, "127.0.0.1");
  appendPeer(again);
  appendPeer(again);
  expect(again.headers["x-forwarded-for"]).toBe("203.0.113.9, 192.0.2.1");
});

it.each(["", "1", "postern-peer", "00000000-0000-4000-8000-000000000000"])(
  "a mark that a visitor writes is ignored: %j",
  (mark) => {
    const one = request({ "x-forwarded-for": "203.0.113.9", "postern-peer": mark }, "192.0.2.1");
    appendPeer(one);
    expect(one.headers["x-forwarded-for"]).toBe("203.0.113.9, 192.0.2.1");
  },
);

it.each([
  [{ "accept-language": "de-AT, en;q=0.5" }, "de"],
  [{}, "en"],
  [{ "accept-language": "de", cookie: "postern=x; postern-language=en" }, "en"],
  [{ "accept-language": "de", cookie: "postern-language=tulip" }, "de"],
  [{ "accept-language": "en", cookie: "not-postern-language=de" }, "en"],
])("pages and the API get one language for %j: %s", (headers: IncomingHttpHeaders, language) => {
  chooseLanguage({ headers }, { https: false }, ["en", "de"]);
  expect(headers["accept-language"]).toBe(language);
});
