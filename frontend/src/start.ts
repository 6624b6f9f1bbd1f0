/** What happens once, before the first request: settings are checked, and peers are recorded. */

import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { env, InvalidEnv } from "@/env";

export function start(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof InvalidEnv)) throw error;
    process.stderr.write(`\n${error.message}\n\n`);
    process.exit(1);
  }
  subscribe("http.server.request.start", (message) => {
    if (isRequestStart(message)) appendPeer(message.request);
  });
}

function isRequestStart(message: unknown): message is { request: IncomingMessage } {
  return typeof message === "object" && message !== null && "request" in message;
}

/**
 * Appends the address at the other end of the socket to X-Forwarded-For, as every proxy does. Next only fills
 * the header in when it is missing, so a visitor could choose the address that the API sees.
 */
export function appendPeer(request: Pick<IncomingMessage, "headers" | "socket">): void {
  const told = request.headers["x-forwarded-for"];
  const peer = request.socket.remoteAddress;
  request.headers["x-forwarded-for"] = [told, peer].flat().filter(Boolean).join(", ");
}
