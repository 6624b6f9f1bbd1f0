import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { FROM_OPEN_PAGE, HSTS, prepareAnswer, REFUSED } from "./every-answer";

function prepared(method: string, https: boolean, { headers = {}, url = "/" } = {}) {
  const request = {
    method,
    url,
    headers: { host: "localhost", "x-forwarded-host": "evil.example", ...headers },
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  prepareAnswer(request, response, {
    https,
    webUrl: "https://accounts.example.com:8443",
    appName: "Northern Lights",
    look: { theme: "arch", links: {} },
  });
  return {
    headers: { ...response.getHeaders() },
    method: request.method,
    url: request.url,
    sent: request.headers,
  };
}

it("HSTS is sent on https only, and nosniff always", () => {
  expect(prepared("GET", true).headers).toEqual({
    "x-content-type-options": "nosniff",
    "strict-transport-security": HSTS,
  });
  expect(prepared("GET", false).headers).toEqual({ "x-content-type-options": "nosniff" });
});

it("Next compares an action's Origin with the host of WEB_URL, not with the headers of the request", () => {
  expect(prepared("PUT", true).sent).toEqual({
    host: "localhost",
    "x-forwarded-host": "accounts.example.com:8443",
  });
});

it.each([
  [{ rsc: "1" }, "1"],
  [{ "next-action": "40aa" }, "1"],
  [{ accept: "*/*" }, undefined],
  [{ "postern-from-open-page": "1" }, undefined],
])("the proxy learns from %j whether an open page asks: %j", (headers, mark) => {
  expect(Reflect.get(prepared("GET", false, { headers }).sent, FROM_OPEN_PAGE)).toBe(mark);
});

it.each([
  ["TRACE", "/", {}, "405"],
  ["OPTIONS", "*", {}, "405"],
  ["GET", "http://localhost/signin", {}, "400"],
  ["POST", "/signin", {}, "411"],
  ["POST", "/signin", { "transfer-encoding": "chunked" }, "411"],
  ["GET", "/", { "transfer-encoding": "gzip, chunked" }, "411"],
])("%s %s with %j is refused with %s, without its body", (method, url, headers, status) => {
  const one = prepared(method, false, { headers, url });
  expect(one).toMatchObject({ method: "GET", url: "/", sent: { [REFUSED]: status } });
  expect(one.headers.connection).toBe("close");
  expect(() => new Request(`http://localhost${one.url}`, { method: one.method })).not.toThrow();
});

it.each([
  ["GET", {}],
  ["OPTIONS", {}],
  ["PUT", {}],
  ["POST", { "content-length": "0" }],
])("%s with %j is not refused here, whatever the visitor says", (method, headers) => {
  const one = prepared(method, false, { headers: { ...headers, [REFUSED]: "405" }, url: "/signin" });
  expect(one).toMatchObject({ method, url: "/signin" });
  expect(one.sent).not.toHaveProperty(REFUSED);
  expect(one.headers).not.toHaveProperty("connection");
});
