/** Prepares every request and answer of this server, also if Next answers without our code. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { nonceOf } from "@/lib/nonce";
import { staticPage } from "@/lib/static-page";
import type { Look } from "@/look/look";
import { spokenIn } from "@/words/catalogue";

/** For this host alone: its subdomains may not support https. */
export const HSTS = "max-age=63072000";

type Incoming = Pick<IncomingMessage, "method" | "headers" | "url">;

interface Settings {
  readonly https: boolean;
  readonly webUrl: string;
  readonly appName: string;
  readonly look: Look;
}

export function headersOfEveryAnswer({ https }: Pick<Settings, "https">): Readonly<Record<string, string>> {
  return { "X-Content-Type-Options": "nosniff", ...(https && { "Strict-Transport-Security": HSTS }) };
}

/** The proxy reads it, because Next hides its own headers from the proxy: "1" if Next's code in an open page asks. */
export const FROM_OPEN_PAGE = "postern-from-open-page";

/** The status with which the proxy refuses a request that never was one for Next. */
export const REFUSED = "postern-refused";

/** A `Request` cannot have the method TRACE, nor such addresses: Next would answer with a 500 or a redirect. */
function refusal({ method, url = "/", headers }: Incoming): 400 | 405 | 411 | undefined {
  if (method === "TRACE" || url === "*") return 405;
  if (!url.startsWith("/")) return 400;
  // Nobody knows the size of a body in chunks before it ends, and two servers may read its codings differently.
  if (headers["transfer-encoding"] || (method === "POST" && !headers["content-length"])) return 411;
}

/** Next's own redirects, such as the one from `/signin/`, skip the proxy and the headers of next.config.ts. */
export function prepareAnswer(
  request: Incoming,
  response: ServerResponse,
  { https, webUrl, appName, look }: Settings,
): void {
  for (const [name, value] of Object.entries(headersOfEveryAnswer({ https })))
    response.setHeader(name, value);
  // Next compares the Origin of an action with this header, or with Host if it is missing. It must be WEB_URL.
  request.headers["x-forwarded-host"] = new URL(webUrl).host;
  if (request.headers.rsc || request.headers["next-action"]) request.headers[FROM_OPEN_PAGE] = "1";
  else delete request.headers[FROM_OPEN_PAGE];
  delete request.headers[REFUSED];
  const refused = refusal(request);
  if (refused) {
    request.headers[REFUSED] = String(refused);
    // Next reads the whole body of a request before its answer, unless it is a GET.
    Object.assign(request, { method: "GET", url: "/" });
    response.setHeader("Connection", "close");
  }
  // With scripts, Next's own code sends the form, and error.tsx says what is wrong.
  if (request.method === "POST" && !request.headers["next-action"])
    explainOldForm(response, {
      appName,
      look,
      path: request.url ?? "/",
      language: request.headers["accept-language"],
    });
}

/** Next sets this header if it does not know the action of a form: the page is from another release. */
const ACTION_NOT_FOUND = "x-nextjs-action-not-found";

interface OldPage extends Pick<Settings, "appName" | "look"> {
  readonly path: string;
  readonly language: string | undefined;
}

/** Without scripts, people would see Next's answer: the bare words "Server Action unavailable." */
function explainOldForm(response: ServerResponse, page: OldPage): void {
  const { writeHead, end } = response;
  let html: string | undefined;

  /** Before the headers are sent. Next's compression sends them before it ends the answer. */
  const look = () => {
    if (html || response.headersSent || !response.hasHeader(ACTION_NOT_FOUND)) return;
    html = oldPage(response, page);
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Length", Buffer.byteLength(html));
    response.removeHeader("ETag");
  };
  Object.assign(response, {
    writeHead: (...given: unknown[]): unknown => {
      look();
      return Reflect.apply(writeHead, response, given);
    },
    end: (...given: unknown[]): unknown => {
      look();
      return Reflect.apply(end, response, html ? [html] : given);
    },
  });
}

function oldPage(response: ServerResponse, { appName, look, path, language }: OldPage): string {
  const spoken = spokenIn(language);
  const { error } = spoken.words;
  return staticPage({
    language: spoken.language,
    appName,
    look,
    nonce: nonceOf(String(response.getHeader("Content-Security-Policy") ?? "")),
    title: error.oldTitle,
    text: error.oldText,
    link: { href: path, label: error.reload },
  });
}
