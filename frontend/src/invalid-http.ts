/** Answers what Node cannot parse as HTTP. Node's own answer would lack the headers of every answer. */

import { Server, ServerResponse, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import { headersOfEveryAnswer } from "@/every-answer";

interface Settings {
  readonly https: boolean;
}

const prepared = new WeakSet<Server>();

/**
 * Next has no setting for this and does not hand out its server. But Node announces each connection before it reads
 * from it, and the connection has its server.
 */
export function answerInvalidHttp(announced: unknown, settings: Settings): void {
  const server = property(property(announced, "socket"), "server");
  if (!(server instanceof Server) || prepared.has(server)) return;
  prepared.add(server);
  server.on("clientError", (error, socket) => {
    // Not writable: the answer is already on its way, and these are later bytes of the same request.
    if (!socket.writable || !(socket instanceof Socket)) return;
    if (!hasAnswered(socket)) socket.write(answer(error, settings));
    socket.destroySoon();
  });
}

/** True if part of another answer is already sent: a second one would corrupt it. */
function hasAnswered(socket: Socket): boolean {
  const current = property(socket, "_httpMessage");
  return current instanceof ServerResponse && current.headersSent;
}

/** As Node chooses them. */
const STATUSES = new Map<unknown, number>([
  ["HPE_HEADER_OVERFLOW", 431],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
]);

function answer(error: Error, settings: Settings): string {
  const status = STATUSES.get(property(error, "code")) ?? 400;
  const headers = { ...headersOfEveryAnswer(settings), Connection: "close", "Content-Length": "0" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", ""].join("\r\n");
}

function property(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}
