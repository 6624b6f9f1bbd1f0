/** Runs once, before the first request: checks the settings and the words, and starts to prepare each request. */

import { randomUUID } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type BlockList, isIP } from "node:net";
import { type Env, env, InvalidEnv } from "@/env";
import { prepareAnswer } from "@/every-answer";
import { answerInvalidHttp } from "@/invalid-http";
import { catalogues } from "@/words/catalogue";
import { InvalidWords } from "@/words/changes";
import { languageCookie, languageOf } from "@/words/language";

export function start(): void {
  try {
    catalogues();
  } catch (error) {
    if (!(error instanceof InvalidEnv || error instanceof InvalidWords)) throw error;
    process.stderr.write(`\n${error.message}\n\n`);
    process.exit(1);
  }
  subscribe("net.server.socket", (message) => answerInvalidHttp(message, env()));
  subscribe("http.server.request.start", (message) => {
    if (!isRequestStart(message)) return;
    appendPeer(message.request, env());
    chooseLanguage(message.request, env(), catalogues().keys());
    prepareAnswer(message.request, message.response, env());
  });
}

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function isRequestStart(message: unknown): message is RequestStart {
  return typeof message === "object" && message !== null && "request" in message && "response" in message;
}

function includes(networks: BlockList, peer: string): boolean {
  const plain = peer.replace(/^::ffff:(?=\d+\.)/, "");
  return isIP(plain) !== 0 && networks.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

declare global {
  /** On `globalThis`, since in development this module may be loaded more than once. */
  var posternPeerMark: string | undefined;
}

const MARK = "postern-peer";

/**
 * Appends the address at the other end of the socket to X-Forwarded-For, as every proxy does. Next only fills
 * the header in if it is missing, so a visitor could choose the address that the API sees.
 *
 * It does so once per request of a visitor. If an action redirects, Next requests the page from itself, with the
 * headers of the form's request. Those have a mark that only this process knows.
 */
export function appendPeer(
  request: Pick<IncomingMessage, "headers" | "headersDistinct" | "socket">,
  { clientAddressHeader, trustedProxies }: Pick<Env, "clientAddressHeader" | "trustedProxies">,
): void {
  globalThis.posternPeerMark ??= randomUUID();
  if (request.headers[MARK] === globalThis.posternPeerMark) return;
  const claimed = request.headers["x-forwarded-for"];
  // A closed connection has no address any more. The claimed address must not take its place.
  const peer = request.socket.remoteAddress ?? "unknown";
  request.headers["x-forwarded-for"] = [claimed, peer].flat().filter(Boolean).join(", ");
  if (clientAddressHeader !== "x-forwarded-for") {
    const [named, ...more] = request.headersDistinct[clientAddressHeader] ?? [];
    const trusted = more.length === 0 && isIP(named?.trim() ?? "") && includes(trustedProxies, peer);
    request.headers[clientAddressHeader] = trusted ? named?.trim() : peer;
  }
  request.headers[MARK] = globalThis.posternPeerMark;
}

/**
 * Puts the language that this person gets into Accept-Language. So pages, actions, our own answers and the API, whose
 * mails follow that header, all use one language.
 */
export function chooseLanguage(
  { headers }: Pick<IncomingMessage, "headers">,
  { https }: Pick<Env, "https">,
  known: Iterable<string>,
): void {
  const cookies = (headers.cookie ?? "").split(/; */);
  const prefix = `${languageCookie(https)}=`;
  const chosen = cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
  headers["accept-language"] = languageOf({ chosen, acceptLanguage: headers["accept-language"] }, known);
}
