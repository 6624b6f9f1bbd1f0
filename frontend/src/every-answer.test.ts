import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { HSTS, prepareAnswer } from "./every-answer";

function prepared(method: string, https: boolean) {
  const request = { method, headers: { host: "localhost", "x-forwarded-host": "evil.example" } };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  prepareAnswer(request, response, { https, webUrl: "https://accounts.example.com:8443" });
  return { headers: { ...response.getHeaders() }, method: request.method, told: request.headers };
}

it("on https the browser is told to stay there, and nowhere to guess a type", () => {
  expect(prepared("GET", true).headers).toEqual({
    "x-content-type-options": "nosniff",
    "strict-transport-security": HSTS,
  });
  expect(prepared("GET", false).headers).toEqual({ "x-content-type-options": "nosniff" });
});

it("Next gets the host of WEB_URL to compare an action's Origin with, whatever the request says", () => {
  expect(prepared("POST", true).told).toEqual({
    host: "localhost",
    "x-forwarded-host": "accounts.example.com:8443",
  });
});

it("TRACE gets a name that a Request can have, and no other method does", () => {
  expect(() => new Request("http://localhost", { method: prepared("TRACE", false).method })).not.toThrow();
  expect(prepared("TRACE", false).method).not.toBe("TRACE");
  expect(prepared("PUT", false).method).toBe("PUT");
});
