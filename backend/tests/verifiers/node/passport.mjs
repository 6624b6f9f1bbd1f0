import express from "express";
import jwksRsa from "jwks-rsa";
import passport from "passport";
import passportJwt from "passport-jwt";

const { passportJwtSecret } = jwksRsa;
const { ExtractJwt, Strategy } = passportJwt;
const { issuer, jwks, PORT } = process.env;
const options = __TABLE__;
passport.use(new Strategy(options, (claims, done) => done(null, claims)));
const app = express();
app.get("/", passport.authenticate("jwt", { session: false }), (request, response) => response.send(request.user.sub));
app.listen(Number(PORT), "127.0.0.1");
