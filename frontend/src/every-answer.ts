/** What holds for every request and answer of this server, also where Next answers by itself. */

import type { IncomingMessage, ServerResponse } from "node:http";

/** Of this host alone: whether its subdomains speak https is not ours to say. */
export const HSTS = "max-age=63072000";

/** A redirect of Next, such as the one from `/signin/`, passes neither the proxy nor the headers of next.config.ts. */
export function prepareAnswer(
  request: Pick<IncomingMessage, "method" | "headers">,
  response: Pick<ServerResponse, "setHeader">,
  { https, webUrl }: { https: boolean; webUrl: string },
): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (https) response.setHeader("Strict-Transport-Security", HSTS);
  // Next compares the Origin of an action with this header, or with Host if there is none. Only WEB_URL is right.
  request.headers["x-forwarded-host"] = new URL(webUrl).host;
  // The proxy refuses methods that it does not know, but a `Request` cannot have this one: Next answers with a 500.
  if (request.method === "TRACE") request.method = "TRACE-REFUSED";
}
