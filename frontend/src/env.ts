/** The only reader of process.env. The settings of this server are checked once, at its start. */

import { BlockList, isIP } from "node:net";
import { type Look, parseLook } from "@/look/look";

/** The API accepts the same headers. */
export const ADDRESS_HEADERS = [
  "x-forwarded-for",
  "x-real-ip",
  "cf-connecting-ip",
  "true-client-ip",
  "fly-client-ip",
  "fastly-client-ip",
];

export interface Env {
  /** The name that people see. */
  readonly appName: string;
  /** Base address of the API as this server reaches it, without a trailing slash. */
  readonly apiUrl: string;
  /** Where people open the web app. On https, cookies are `Secure` and HSTS is sent. */
  readonly webUrl: string;
  readonly https: boolean;
  readonly development: boolean;
  /** The header, in lower case, in which a trusted proxy sends the visitor's address. */
  readonly clientAddressHeader: string;
  /** Used only for headers with a single address. The API itself checks X-Forwarded-For. */
  readonly trustedProxies: BlockList;
  readonly look: Look;
  /** A folder with sentences that replace ours: docs/words.md. */
  readonly words: string | undefined;
}

export class InvalidEnv extends Error {
  override name = "InvalidEnv";
}

const LONGEST_NAME = 50;

/** The API's rule: no control characters, no marks that change the direction of text, no unusual spaces. */
const PRINTABLE = /^(?:[^\p{C}\p{Z}]| )+$/u;

type Source = Readonly<Record<string, string | undefined>>;

export function parseEnv(source: Source): Env {
  const development = source.NODE_ENV === "development";
  const faults: string[] = [];

  function address(name: string, fallback: string): URL | undefined {
    const text = source[name]?.trim() || (development ? fallback : "");
    if (!text) {
      faults.push(
        `${name} is not set, and only development has a default. Set it, for example ${name}=${fallback}`,
      );
      return;
    }
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
      // The error leaves out the value: it may be the address of a database, with its password.
      faults.push(`${name} is not an http or https address.`);
      return;
    }
    if (url.username || url.password || url.search || url.hash) {
      faults.push(`${name} must be a plain address, without user, password, query or fragment.`);
      return;
    }
    return url;
  }

  const appName = (source.APP_NAME || "Postern").trim();
  if (!PRINTABLE.test(appName) || [...appName].length > LONGEST_NAME) {
    faults.push(`APP_NAME must have 1 to ${LONGEST_NAME} printable characters.`);
  }
  const api = address("API_URL", "http://localhost:8000");
  const web = address("WEB_URL", "http://localhost:3000");
  if (api?.protocol === "http:" && !development && !staysPrivate(api.hostname)) {
    faults.push(
      "API_URL must be https, because passwords are sent there. http is allowed for this machine and private names.",
    );
  }
  if (web && web.pathname !== "/") {
    faults.push(`WEB_URL must be an origin such as ${web.origin}, without a path.`);
  }
  const clientAddressHeader = (source.CLIENT_ADDRESS_HEADER?.trim() || "X-Forwarded-For").toLowerCase();
  if (!ADDRESS_HEADERS.includes(clientAddressHeader)) {
    faults.push(`CLIENT_ADDRESS_HEADER must be one of these: ${ADDRESS_HEADERS.join(", ")}.`);
  }
  const trustedProxies = networks(source.TRUSTED_PROXIES?.trim() || "127.0.0.0/8,::1");
  if (!trustedProxies) faults.push("TRUSTED_PROXIES must be addresses or networks, such as 10.0.0.0/8.");
  const look = parseLook(source, { development, webUrl: web?.origin }, faults);
  if (!api || !web || !trustedProxies || faults.length > 0) {
    throw new InvalidEnv(["The web app cannot start with these settings:", ...faults].join("\n  - "));
  }
  return {
    appName,
    apiUrl: api.href.replace(/\/+$/, ""),
    webUrl: web.origin,
    https: web.protocol === "https:",
    development,
    clientAddressHeader,
    trustedProxies,
    look,
    words: source.WORDS?.trim() || undefined,
  };
}

/** True for this machine, for a name without a dot (a container), and for endings that public DNS does not have. */
function staysPrivate(host: string): boolean {
  return /^(127\.[\d.]+|\[::1\]|[^.:]+|.+\.(internal|local|localhost))$/.test(host);
}

function networks(text: string): BlockList | undefined {
  const list = new BlockList();
  for (const word of text === "none" ? [] : text.split(/[\s,]+/).filter(Boolean)) {
    const [address = "", prefix] = word.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const bits = prefix === undefined ? (family === "ipv6" ? 128 : 32) : Number(prefix);
    if (!isIP(address) || !Number.isInteger(bits) || bits < 0 || bits > (family === "ipv6" ? 128 : 32))
      return;
    list.addSubnet(address, bits, family);
  }
  return list;
}

let parsed: Env | undefined;

/** Parsed at first use, so that a build needs no settings. src/instrumentation.ts uses it at the start. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}
