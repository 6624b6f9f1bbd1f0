import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { jwk } from "hono/jwk";

const { issuer, jwks, PORT } = process.env;
const app = new Hono();
app.use(__TABLE__);
app.get("/", (context) => context.text(context.get("jwtPayload").sub));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(PORT) });
