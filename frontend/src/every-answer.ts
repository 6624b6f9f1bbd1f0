/** Prepares every request and answer of this server, also if Next answers without our code. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { staticPage } from "@/lib/static-page";

/** For this host alone: its subdomains may not support https. */
export const HSTS = "max-age=63072000";

interface Settings {
  readonly https: boolean;
  readonly webUrl: string;
  readonly appName: string;
}

/** Next's own redirects, such as the one from `/signin/`, skip the proxy and the headers of next.config.ts. */
export function prepareAnswer(
  request: Pick<IncomingMessage, "method" | "headers" | "url">,
  response: ServerResponse,
  { https, webUrl, appName }: Settings,
): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (https) response.setHeader("Strict-Transport-Security", HSTS);
  // Next compares the Origin of an action with this header, or with Host if it is missing. It must be WEB_URL.
  request.headers["x-forwarded-host"] = new URL(webUrl).host;
  // A `Request` cannot have the method TRACE, so Next would answer with a 500. The proxy refuses the new name.
  if (request.method === "TRACE") request.method = "TRACE-REFUSED";
  // With scripts, Next's own code sends the form, and error.tsx says what is wrong.
  if (request.method === "POST" && !request.headers["next-action"])
    explainOldForm(response, { appName, path: request.url ?? "/" });
}

/** Next sets this header if it does not know the action of a form: the page is from another release. */
const ACTION_NOT_FOUND = "x-nextjs-action-not-found";

/** Without scripts, people would see Next's answer: the bare words "Server Action unavailable." */
function explainOldForm(
  response: ServerResponse,
  { appName, path }: { appName: string; path: string },
): void {
  const { writeHead, end } = response;
  let page: string | undefined;

  /** Before the headers are sent. Next's compression sends them before it ends the answer. */
  const look = () => {
    if (page || response.headersSent || !response.hasHeader(ACTION_NOT_FOUND)) return;
    page = oldPage(response, { appName, path });
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Length", Buffer.byteLength(page));
    response.removeHeader("ETag");
  };
  Object.assign(response, {
    writeHead: (...given: unknown[]): unknown => {
      look();
      return Reflect.apply(writeHead, response, given);
    },
    end: (...given: unknown[]): unknown => {
      look();
      return Reflect.apply(end, response, page ? [page] : given);
    },
  });
}

function oldPage(response: ServerResponse, { appName, path }: { appName: string; path: string }): string {
  return staticPage({
    appName,
    nonce: nonceIn(response),
    title: "This page is old",
    text:
      "The service was updated after this page was loaded, so it could not read your form. " +
      "Nothing was saved. Load the page again, and fill in the form once more.",
    link: { href: path, label: "Load the page again" },
  });
}

function nonceIn(response: ServerResponse): string {
  const policy = String(response.getHeader("Content-Security-Policy") ?? "");
  return policy.match(/'nonce-([^']+)'/)?.[1] ?? "";
}
