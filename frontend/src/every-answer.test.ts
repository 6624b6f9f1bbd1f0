import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { HSTS, prepareAnswer } from "./every-answer";

function prepared(method: string, https: boolean) {
  const request = { method, headers: { host: "localhost", "x-forwarded-host": "evil.example" } };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  prepareAnswer(request, response, {
    https,
    webUrl: "https://accounts.example.com:8443",
    appName: "Northern Lights",
  });
  return { headers: { ...response.getHeaders() }, method: request.method, sent: request.headers };
}

it("HSTS is sent on https only, and nosniff always", () => {
  expect(prepared("GET", true).headers).toEqual({
    "x-content-type-options": "nosniff",
    "strict-transport-security": HSTS,
  });
  expect(prepared("GET", false).headers).toEqual({ "x-content-type-options": "nosniff" });
});

it("Next compares an action's Origin with the host of WEB_URL, not with the headers of the request", () => {
  expect(prepared("POST", true).sent).toEqual({
    host: "localhost",
    "x-forwarded-host": "accounts.example.com:8443",
  });
});

it("only TRACE gets another name, which a Request can have", () => {
  expect(() => new Request("http://localhost", { method: prepared("TRACE", false).method })).not.toThrow();
  expect(prepared("TRACE", false).method).not.toBe("TRACE");
  expect(prepared("PUT", false).method).toBe("PUT");
});
