// better-auth as its documentation sets it up: e-mail and password, PostgreSQL through pg's Pool.
import { betterAuth } from "better-auth";
import pg from "pg";

export const auth = betterAuth({
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  // Off by default. It reads a session and its user with one query, as its pages on databases recommend for speed.
  advanced: { database: { joins: true } },
  // In production it allows three sign-ins in ten seconds. Here one client sends all the load.
  rateLimit: { enabled: false },
  // By default each refused sign-in writes a line to the log. The access logs of the others are off too.
  logger: { level: "error" },
});
