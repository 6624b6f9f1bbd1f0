import jwt from "@fastify/jwt";
import Fastify from "fastify";
import getJwks from "get-jwks";

const { issuer, jwks, PORT } = process.env;
const keys = getJwks();
const app = Fastify();
app.register(jwt, __TABLE__);
app.addHook("onRequest", async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch {
    await reply.code(401).send();
  }
});
app.get("/", (request) => request.user.sub);
await app.listen({ host: "127.0.0.1", port: Number(PORT) });
