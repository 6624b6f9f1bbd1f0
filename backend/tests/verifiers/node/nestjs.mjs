import "reflect-metadata";
import { Controller, Get, Module, Req, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { AuthGuard, PassportStrategy } from "@nestjs/passport";
import jwksRsa from "jwks-rsa";
import passportJwt from "passport-jwt";

const { passportJwtSecret } = jwksRsa;
const { ExtractJwt, Strategy } = passportJwt;
const { issuer, jwks, PORT } = process.env;
const options = __TABLE__;

class Postern extends PassportStrategy(Strategy) {
  constructor() {
    super(options);
  }
  validate(claims) {
    return claims;
  }
}
class Shop {
  who(request) {
    return request.user.sub;
  }
}
class App {}

// Decorators, as TypeScript would write them.
const who = Object.getOwnPropertyDescriptor(Shop.prototype, "who");
Get()(Shop.prototype, "who", who);
UseGuards(AuthGuard("jwt"))(Shop.prototype, "who", who);
Req()(Shop.prototype, "who", 0);
Controller()(Shop);
Module({ controllers: [Shop], providers: [Postern] })(App);

const app = await NestFactory.create(App, { logger: false });
await app.listen(Number(PORT), "127.0.0.1");
