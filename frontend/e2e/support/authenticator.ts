/** An authenticator app (RFC 6238): SHA-1, six digits, 30 seconds. */

import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code that an app with this secret shows now. */
export function codeOf(secret: string): string {
  return codeAt(secret, stepNow());
}

/** Codes that no half minute near now has. Each number gives another one. */
export function wrongCodeOf(secret: string, number = 0): string {
  const near = Array.from({ length: 21 }, (_, place) => codeAt(secret, stepNow() + place - 10));
  const wrong = Array.from({ length: 40 }, (_, place) => String(place).repeat(6).slice(0, 6));
  return wrong.filter((code) => !near.includes(code))[number] ?? "";
}

function stepNow(): number {
  return Math.floor(Date.now() / 30_000);
}

function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const start = digest.readUInt8(digest.length - 1) & 0x0f;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function bytesOf(base32: string): Buffer {
  const bits = [...base32.replace(/[\s=]/g, "")]
    .map((sign) => ALPHABET.indexOf(sign).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
