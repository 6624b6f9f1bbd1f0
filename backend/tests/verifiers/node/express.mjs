import express from "express";
import { auth } from "express-oauth2-jwt-bearer";

const { issuer, jwks, PORT } = process.env;
const app = express();
app.use(__TABLE__);
app.get("/", (request, response) => response.send(request.auth.payload.sub));
app.listen(Number(PORT), "127.0.0.1");
