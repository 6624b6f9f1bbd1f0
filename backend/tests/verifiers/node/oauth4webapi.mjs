import { createServer } from "node:http";
import { allowInsecureRequests, validateJwtAccessToken } from "oauth4webapi";

const { issuer, jwks, PORT } = process.env;
/** The issuer of the test has http. */
const options = { [allowInsecureRequests]: true };
createServer(async (incoming, response) => {
  const { authorization } = incoming.headers;
  const request = new Request(issuer, { headers: authorization ? { authorization } : {} });
  try {
    const claims = await __TABLE__;
    response.end(claims.sub);
  } catch {
    response.writeHead(401).end();
  }
}).listen(Number(PORT), "127.0.0.1");
