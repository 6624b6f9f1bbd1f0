/** What holds for every answer of this server: those of our pages, and those that Next gives by itself. */

import type { IncomingMessage, ServerResponse } from "node:http";

/** Of this host alone: whether its subdomains speak https is not ours to say. */
export const HSTS = "max-age=63072000";

/** A redirect of Next, such as the one from `/signin/`, passes neither the proxy nor the headers of next.config.ts. */
export function prepareAnswer(
  request: Pick<IncomingMessage, "method">,
  response: Pick<ServerResponse, "setHeader">,
  { https }: { https: boolean },
): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (https) response.setHeader("Strict-Transport-Security", HSTS);
  // The proxy refuses methods that it does not know, but a `Request` cannot have this one: Next answers with a 500.
  if (request.method === "TRACE") request.method = "TRACE-REFUSED";
}
