/** Prepares every request and answer of this server, also if Next answers without our code. */

import type { IncomingMessage, ServerResponse } from "node:http";

/** For this host alone: its subdomains may not support https. */
export const HSTS = "max-age=63072000";

/** Next's own redirects, such as the one from `/signin/`, skip the proxy and the headers of next.config.ts. */
export function prepareAnswer(
  request: Pick<IncomingMessage, "method" | "headers">,
  response: Pick<ServerResponse, "setHeader">,
  { https, webUrl }: { https: boolean; webUrl: string },
): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (https) response.setHeader("Strict-Transport-Security", HSTS);
  // Next compares the Origin of an action with this header, or with Host if it is missing. It must be WEB_URL.
  request.headers["x-forwarded-host"] = new URL(webUrl).host;
  // A `Request` cannot have the method TRACE, so Next would answer with a 500. The proxy refuses the new name.
  if (request.method === "TRACE") request.method = "TRACE-REFUSED";
}
