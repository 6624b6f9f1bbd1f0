import { expect, it } from "vitest";
import { isReadable } from "./form-body";

const MULTIPART = "multipart/form-data; boundary=x";

function post(body: string, headers: Record<string, string>): Request {
  return new Request("http://localhost/signin", { method: "POST", body, headers });
}

it.each([
  [
    "a form",
    '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nada\r\n--x--\r\n',
    { "content-type": MULTIPART },
  ],
  ["the values of an action", '["$undefined"]', { "content-type": "text/plain", "next-action": "1" }],
  ["a body that Next does not parse", "a=1", { "content-type": "application/x-www-form-urlencoded" }],
])("%s is readable", async (_what, body, headers) => {
  expect(await isReadable(post(body, headers))).toBe(true);
});

it.each([
  ["garbage", "aaa", { "content-type": MULTIPART }],
  [
    "a form that is cut off",
    '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nad',
    { "content-type": MULTIPART },
  ],
  ["a form without a boundary", "aaa", { "content-type": "multipart/form-data" }],
  ["an empty form", "", { "content-type": MULTIPART }],
  ["garbage for an action", "aaa", { "content-type": "text/plain", "next-action": "1" }],
])("%s is not readable", async (_what, body, headers) => {
  expect(await isReadable(post(body, headers))).toBe(false);
});
