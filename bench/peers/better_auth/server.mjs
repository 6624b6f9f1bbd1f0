// The documented Node handler on Node's own HTTP server, so that no framework adds time.
import http from "node:http";
import { toNodeHandler } from "better-auth/node";
import { auth } from "./auth.mjs";

http.createServer(toNodeHandler(auth)).listen(Number(process.env.PORT), "127.0.0.1");
