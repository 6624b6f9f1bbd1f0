import { createServer } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { issuer, jwks, PORT } = process.env;
const keys = createRemoteJWKSet(new URL(jwks));
createServer(async (request, response) => {
  const token = request.headers.authorization?.slice(7) ?? "";
  try {
    const { payload } = await __TABLE__;
    response.end(payload.sub);
  } catch {
    response.writeHead(401).end();
  }
}).listen(Number(PORT), "127.0.0.1");
