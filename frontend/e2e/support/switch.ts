/** A line to a server. A journey can cut it, restore it, and read the requests on it. */

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { ProblemCode } from "../../src/api/problems";

interface Refused {
  readonly code: ProblemCode;
  readonly status: 429 | 503;
  /** Seconds. */
  readonly retryAfter?: number;
}

export class Switch {
  readonly heard: IncomingHttpHeaders[] = [];
  private readonly refused = new Map<string, Refused>();
  /** While true, requests arrive at the server, but its answers are lost on their way back. */
  losesAnswers = false;
  private readonly silent = new Set<string>();
  /** The paths that were asked and got no answer. */
  readonly silenced: string[] = [];
  private readonly held = new Map<string, Promise<void>>();
  private server: Server | undefined;

  /** The line is cut at first: nothing listens at the port until `restore`. */
  constructor(
    private readonly target: string | undefined,
    private readonly port: number,
  ) {}

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  async restore(): Promise<void> {
    this.server = createServer(async (incoming, outgoing) => {
      await this.held.get(incoming.url ?? "");
      this.heard.push(incoming.headers);
      if (this.silent.has(incoming.url ?? "")) {
        this.silenced.push(incoming.url ?? "");
        return;
      }
      const refused = this.refused.get(incoming.url ?? "");
      if (refused) {
        const { code, status, retryAfter } = refused;
        outgoing.statusCode = status;
        outgoing.setHeader("content-type", "application/problem+json");
        if (retryAfter !== undefined) outgoing.setHeader("retry-after", retryAfter);
        outgoing.end(JSON.stringify({ code, detail: "database down at 10.0.0.7" }));
        return;
      }
      const onward = request(new URL(incoming.url ?? "/", this.target), {
        method: incoming.method,
        headers: incoming.headers,
      });
      onward.on("response", (response) => {
        if (this.losesAnswers) {
          response.resume().on("end", () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    }).listen(this.port, "localhost");
    await once(this.server, "listening");
  }

  /** From now on the line itself answers this path, instead of the API: with 503, or with 429 for too many attempts. */
  refuse(path: string, code: ProblemCode, retryAfter?: number): void {
    this.refused.set(path, { code, status: code === "rate_limited" ? 429 : 503, retryAfter });
  }

  /** From now on this path gets no answer, as if the API took very long. */
  silence(path: string): void {
    this.silent.add(path);
  }

  /** Requests for this path wait until the function is called that this returns. Then the API answers them. */
  hold(path: string): () => void {
    let release = () => {};
    const wait = new Promise<void>((resolve) => {
      release = () => {
        this.held.delete(path);
        resolve();
      };
    });
    this.held.set(path, wait);
    return release;
  }

  /** The API answers this path again. */
  stopRefusing(): void {
    this.refused.clear();
  }

  async cut(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
    this.server = undefined;
  }
}
