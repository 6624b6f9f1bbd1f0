/** The settings of the package. They are read at first use, so that a build needs none. */

import "server-only";

import type { Api } from "./session/api.ts";

export interface PosternOptions {
  /** Instead of POSTERN_URL: Postern's API_URL, which is the issuer and the audience of every token. */
  readonly url?: string;
  /** Instead of POSTERN_INTERNAL_URL: where this server reaches the API, if not at `url`. */
  readonly internalUrl?: string;
  /** Instead of POSTERN_WEB_URL: where this server reaches Postern's web app. */
  readonly webUrl?: string;
  /** The API's CLIENT_ADDRESS_HEADER, if it is not X-Forwarded-For. */
  readonly clientAddressHeader?: string;
}

export interface Settings {
  readonly issuer: string;
  readonly api: Api;
  /** Empty if it is not set: only the proxy needs it. */
  readonly webUrl: string;
}

interface Needs {
  /** Whether this app shows Postern's pages. */
  readonly web?: boolean;
}

export class InvalidSettings extends Error {
  override name = "InvalidSettings";
}

type Source = Readonly<Record<string, string | undefined>>;

export function readSettings(
  source: Source,
  options: PosternOptions = {},
  { web = true }: Needs = {},
): Settings {
  const faults: string[] = [];
  const url = (name: string, given: string | undefined, example: string, otherwise?: string) => {
    const text = (given ?? source[name])?.trim() || otherwise;
    const fault =
      text === undefined ? `${name} is not set. Set it, for example ${name}=${example}` : faultOf(name, text);
    if (fault) faults.push(fault);
    return text?.replace(/\/+$/, "") ?? "";
  };
  const issuer = url("POSTERN_URL", options.url, "http://localhost:8000");
  const internal = url(
    "POSTERN_INTERNAL_URL",
    options.internalUrl,
    "http://api:8000",
    issuer || "http://api",
  );
  const webUrl = web ? url("POSTERN_WEB_URL", options.webUrl, "http://localhost:3000") : "";
  if (web && faults.length === 0 && new URL(webUrl).pathname !== "/")
    faults.push("POSTERN_WEB_URL must be an origin, such as http://localhost:3000, without a path.");
  if (faults.length > 0)
    throw new InvalidSettings(["postern-auth cannot work with these settings:", ...faults].join("\n  - "));
  return {
    issuer,
    webUrl,
    api: {
      url: internal,
      setting: options.internalUrl || source.POSTERN_INTERNAL_URL ? "POSTERN_INTERNAL_URL" : "POSTERN_URL",
      clientAddressHeader: (options.clientAddressHeader ?? "x-forwarded-for").toLowerCase(),
    },
  };
}

/** It never repeats the value: that may be the address of a database, with its password. */
function faultOf(name: string, text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:"))
    return `${name} is not an http or https address.`;
  if (url.username || url.password || url.search || url.hash)
    return `${name} must be a plain address, without user, password, query or fragment.`;
}
