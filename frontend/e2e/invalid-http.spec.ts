/** What no page sends: each is refused with the headers of every answer, and no stack trace reaches the log. */

import { expect, test } from "./support/journey";
import { type Running, startWeb } from "./support/processes";
import { sendRaw } from "./support/raw";

const WEB_URL = "https://postern.example";

let web: Running;

test.beforeAll(async () => {
  web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "", webUrl: WEB_URL });
});

test.afterAll(() => web.stop());

const HEAD = "Host: postern.example\r\nConnection: close\r\n";
const POST = `POST /signin HTTP/1.1\r\n${HEAD}Origin: ${WEB_URL}\r\n`;
const MULTIPART = "Content-Type: multipart/form-data; boundary=x\r\n";
const CHUNK = `10000\r\n${"a".repeat(0x10000)}\r\n`;

for (const [what, status, bytes] of [
  ["garbage", 400, "garbage\r\n\r\n"],
  ["bytes that are not text", 400, "\xff\xff\xff\r\n\r\n"],
  ["an unknown method", 400, `TULIP / HTTP/1.1\r\n${HEAD}\r\n`],
  ["a folded header", 400, `GET / HTTP/1.1\r\n${HEAD}X-One: a\r\n b\r\n\r\n`],
  [
    "lines that end with a bare line feed",
    400,
    "GET / HTTP/1.1\nHost: postern.example\nConnection: close\n\n",
  ],
  ["two lengths", 400, `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
  ["no Host", 400, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ["a first line of 20 kB", 431, `GET /${"a".repeat(20_000)} HTTP/1.1\r\n${HEAD}\r\n`],
  ["an expectation", 417, `GET / HTTP/1.1\r\n${HEAD}Expect: tulips\r\n\r\n`],
  ["OPTIONS *", 405, `OPTIONS * HTTP/1.1\r\n${HEAD}\r\n`],
  ["two transfer codings", 411, `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  [
    "a GET with two transfer codings",
    411,
    `GET / HTTP/1.1\r\n${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  ],
  ["chunks in HTTP/1.0", 411, `GET / HTTP/1.0\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["a form in chunks, before its end", 411, `${POST}${MULTIPART}Transfer-Encoding: chunked\r\n\r\n${CHUNK}`],
  ["an address with a host", 400, `GET http://postern.example/signin HTTP/1.1\r\n${HEAD}\r\n`],
  ["a form without a length", 411, `${POST}${MULTIPART}\r\n`],
  ["a form that is garbage", 400, `${POST}${MULTIPART}Content-Length: 3\r\n\r\naaa`],
  [
    "a form without a boundary",
    400,
    `${POST}Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\naaa`,
  ],
] as const) {
  test(`what no page sends is refused with nosniff and HSTS: ${what} (${status})`, async () => {
    const before = web.log();
    const answer = await sendRaw(web.url, bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=63072000",
    });
    expect(web.log()).toBe(before);
  });
}

test("refused forms write one line in a minute, also those that sign out without an Origin", async ({
  request,
}) => {
  const web = await startWeb({ apiUrl: process.env.E2E_API_URL ?? "" });
  for (let sent = 0; sent < 10; sent++) {
    expect((await request.post(`${web.url}/signout`)).status()).toBe(403);
    expect(
      (await request.post(`${web.url}/signin`, { headers: { origin: "https://evil.example" } })).status(),
    ).toBe(403);
  }
  await web.stop();
  const lines = () => web.log().match(/^.*forms? (was|were) refused.*$/gm) ?? [];
  await expect.poll(lines).toEqual([expect.stringContaining("it has no Origin")]);
});
