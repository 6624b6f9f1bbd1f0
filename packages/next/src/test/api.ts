/** For unit tests: an API of one's own on this machine, with the keys of a test. The journeys use the real one. */

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TestApi {
  readonly url: string;
  readonly asked: Asked[];
  /** What it answers at a path, as a status and a body. */
  readonly answers: Map<string, readonly [number, object]>;
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

export async function startTestApi(): Promise<TestApi> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256", use: "sig" };
  const asked: Asked[] = [];
  const answers = new Map<string, readonly [number, object]>([
    ["/.well-known/jwks.json", [200, { keys: [jwk] }]],
  ]);
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url ?? "";
    asked.push({ path, headers: request.headers, body });
    const [status, content] = answers.get(path) ?? [404, { code: "not_found" }];
    const type = status < 400 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "content-type": type }).end(JSON.stringify(content));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address?.port}`;
  return {
    url,
    asked,
    answers,
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const all = {
        iss: url,
        aud: url,
        sub: "7",
        sid: "9",
        iat: now,
        exp: now + 900,
        jti: "j",
        auth_time: now,
        ...claims,
      };
      return new SignJWT(all)
        .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "k1", ...header })
        .sign(privateKey);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
