// better-auth as its documentation sets it up: e-mail and password, PostgreSQL through pg's Pool.
import { betterAuth } from "better-auth";
import pg from "pg";

export const auth = betterAuth({
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  // Off by default; one query for a session and its user, which its pages on databases recommend for speed.
  advanced: { database: { joins: true } },
  // On in production: three sign-ins in ten seconds. One client sends all the load here.
  rateLimit: { enabled: false },
  // By default a refused sign-in writes a line, one at a time; the others' access logs are off too.
  logger: { level: "error" },
});
