import { expect, it } from "vitest";
import { OURS } from "@/words/catalogue";
import { deviceIn as named } from "./device";

const deviceIn = (userAgent: string | null) => named(userAgent, OURS.en.devices);

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";

it.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, "Chrome on Windows"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0`,
    "Edge on Windows",
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/149.0.0.0 Safari/537.36`, "Chrome on Linux"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, "Chrome on ChromeOS"],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36 OPR/131.0.0.0`,
    "Opera on Linux",
  ],
  ["Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:150.0) Gecko/20100101 Firefox/150.0",
    "Firefox on macOS",
  ],
  [`${MAC} Version/18.5 Safari/605.1.15`, "Safari on macOS"],
])("a computer: %s", (userAgent, name) => {
  expect(deviceIn(userAgent)).toMatchObject({ name, kind: "computer" });
});

it.each([
  [`${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, "Safari on iPhone"],
  [`${IPHONE} CriOS/149.0.7000.1 Mobile/15E148 Safari/604.1`, "Chrome on iPhone"],
  [`${IPHONE} FxiOS/150.0 Mobile/15E148 Safari/605.1.15`, "Firefox on iPhone"],
  [`${IPHONE} Version/18.0 EdgiOS/149.0 Mobile/15E148 Safari/604.1`, "Edge on iPhone"],
  [`${IPHONE} Mobile/15E148`, "iPhone"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/149.0.0.0 Mobile Safari/537.36`, "Chrome on Android"],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`,
    "Samsung Internet on Android",
  ],
])("a phone: %s", (userAgent, name) => {
  expect(deviceIn(userAgent)).toMatchObject({ name, kind: "phone" });
});

it.each([
  [
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
    "Safari on iPad",
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, "Chrome on Android"],
])("a tablet: %s", (userAgent, name) => {
  expect(deviceIn(userAgent)).toMatchObject({ name, kind: "tablet" });
});

it.each([
  ["curl/8.5.0", "curl"],
  ["python-requests/2.32.3", "python-requests"],
  ["PostmanRuntime/7.43.0", "PostmanRuntime"],
  ["<script>alert(1)</script>", "Unknown device"],
  ["", "Unknown device"],
  [null, "Unknown device"],
])("a client that is not a browser: %s", (userAgent, name) => {
  expect(deviceIn(userAgent)).toEqual({ name, kind: "program", detail: "" });
});

it.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, "version 149"],
  ["Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "version 150"],
  [`${MAC} Version/18.5 Safari/605.1.15`, "version 18.5"],
  [`${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, "version 18.5, iOS 18.5"],
  [
    `Mozilla/5.0 (Linux; Android 15; Pixel 9 Pro) ${WEBKIT} Chrome/149.0.0.0 Mobile Safari/537.36`,
    "version 149, Android 15",
  ],
  // The numbers of the system are frozen here: each Windows, macOS and Android says the same.
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/149.0.0.0 Safari/537.36`, "version 149"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/149.0.0.0 Mobile Safari/537.36`, "version 149"],
])("what tells it apart from another of its name: %s", (userAgent, detail) => {
  expect(deviceIn(userAgent).detail).toBe(detail);
});

it("a phone that says its model has its name", () => {
  const pixel = `Mozilla/5.0 (Linux; Android 15; Pixel 9 Pro) ${WEBKIT} Chrome/149.0.0.0 Mobile Safari/537.36`;
  expect(deviceIn(pixel).name).toBe("Chrome on Pixel 9 Pro");
});

it("is said in the words of another language", () => {
  const firefox = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
  expect(named(firefox, OURS.de.devices)).toMatchObject({ name: "Firefox auf Linux", detail: "Version 150" });
});
