/** The file of LOGO: read once, at the start, and served at an address that changes with its content. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";

export interface Logo {
  /** Where the web app serves it. */
  readonly path: string;
  readonly type: "image/svg+xml" | "image/png";
  readonly bytes: Buffer;
}

export class UnusableLogo extends Error {
  override name = "UnusableLogo";
}

/** Bytes. Every page shows it. */
const LARGEST = 256 * 1024;

const PNG = Buffer.from("89504e470d0a1a0a", "hex");

/** The root of an SVG file, after what XML allows before it. The API has the same. */
const SVG = /^\ufeff?(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>)*<svg[\s>]/;
const NAMESPACE = /xmlns\s*=\s*["']http:\/\/www\.w3\.org\/2000\/svg["']/;

/** The folder of all addresses of logos. */
export const LOGOS = "/brand/";

export function readLogo(file: string): Logo {
  if (!isAbsolute(file)) throw new UnusableLogo("must be the full path of a file");
  const bytes = read(file);
  const type = typeOf(bytes);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { path: `${LOGOS}${digest}.${type === "image/png" ? "png" : "svg"}`, type, bytes };
}

function read(file: string): Buffer {
  try {
    const { size } = statSync(/* turbopackIgnore: true */ file);
    if (size <= LARGEST) return readFileSync(/* turbopackIgnore: true */ file);
  } catch {
    throw new UnusableLogo("there is no file at this path, or this process may not read it");
  }
  throw new UnusableLogo("must be a file of at most 256 kB");
}

function typeOf(bytes: Buffer): Logo["type"] {
  if (bytes.subarray(0, PNG.length).equals(PNG)) return "image/png";
  const text = bytes.toString("utf8");
  if (!SVG.test(text)) throw new UnusableLogo("must be an SVG or a PNG image");
  if (!NAMESPACE.test(text))
    throw new UnusableLogo('this SVG needs xmlns="http://www.w3.org/2000/svg": browsers show no other');
  return "image/svg+xml";
}
