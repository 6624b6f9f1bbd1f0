/** Reads and writes the API's database, for facts that no answer of the API shows. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Uses the bundled psql, because it is 50 times faster than the start of a Python process. */
async function query(sql: string, email: string): Promise<string> {
  const { E2E_PSQL: psql = "", E2E_DATABASE_URL: url = "" } = process.env;
  const running = promisify(execFile)(psql, [
    ...["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"],
    ...[`--set=email=${email}`, "--file=-", url.replace("+psycopg2", "")],
  ]);
  // psql replaces :'email' only in its input, not in the text of --command.
  running.child.stdin?.end(sql);
  return (await running).stdout;
}

/** The sessions of one person, the oldest first. */
export async function sessionsOf(email: string) {
  const rows = await query(
    `SELECT coalesce(json_agg(sessions), '[]')
     FROM (SELECT generation, seen_generation, ended_by FROM session JOIN "user" ON "user".id = session.user_id
           WHERE email = :'email' ORDER BY session.id) AS sessions`,
    email,
  );
  return JSON.parse(rows);
}

/** Whether the address is proved. `alone`: by the link without a session (`verified_alone_at`). */
export async function proofOf(email: string): Promise<"none" | "alone" | "proved"> {
  const [proved, alone] = JSON.parse(
    await query(
      `SELECT json_build_array(email_verified_at IS NOT NULL, verified_alone_at IS NOT NULL)
       FROM "user" WHERE email = :'email'`,
      email,
    ),
  );
  return proved ? (alone ? "alone" : "proved") : "none";
}

/** The person has proved their address. */
export async function proveAddress(email: string): Promise<void> {
  await query(`UPDATE "user" SET email_verified_at = now() WHERE email = :'email'`, email);
}

/** Lets the links that were mailed to this person expire. */
export async function letLinksExpire(email: string): Promise<void> {
  await query(
    `UPDATE mailed_token SET expires_at = now() - interval '1 minute' WHERE address = :'email'`,
    email,
  );
}

/** Ends the grace of this person's refresh tokens: they were issued an hour ago. */
export async function letGracePass(email: string): Promise<void> {
  await query(
    `UPDATE session SET handed_out_at = handed_out_at - interval '1 hour'
     FROM "user" WHERE "user".id = session.user_id AND email = :'email'`,
    email,
  );
}

/** The codes of this person's app count again, also those that were used in this half minute. */
export async function letCodesCountAgain(email: string): Promise<void> {
  await query(
    `UPDATE authenticator_app SET last_step = 0
     FROM "user" WHERE "user".id = authenticator_app.user_id AND email = :'email'`,
    email,
  );
}

/** This person's sign-in waits for its second step for too long. */
export async function letAttemptsExpire(email: string): Promise<void> {
  await query(
    `UPDATE signin_attempt SET expires_at = now() - interval '1 minute'
     FROM "user" WHERE "user".id = signin_attempt.user_id AND email = :'email'`,
    email,
  );
}

/** This person proved who they are an hour ago. */
export async function letProofAge(email: string): Promise<void> {
  await query(
    `UPDATE session SET authenticated_at = now() - interval '1 hour'
     FROM "user" WHERE "user".id = session.user_id AND email = :'email'`,
    email,
  );
}

/** How often a code was sent for the attempts of this person to sign in. */
export async function triesOf(email: string): Promise<number> {
  const tries = await query(
    `SELECT coalesce(sum(tries), 0) FROM signin_attempt JOIN "user" ON "user".id = user_id WHERE email = :'email'`,
    email,
  );
  return Number(tries);
}

/** A second factor is required from now on: accounts that come later have no time without one. */
export async function requireSecondFactors(): Promise<void> {
  await query(
    "INSERT INTO requirement (name, since) VALUES ('second_factor', now()) ON CONFLICT DO NOTHING",
    "",
  );
}

/** This account existed long before the service required a second factor. */
export async function letAccountBeOld(email: string): Promise<void> {
  await query(`UPDATE "user" SET created_at = now() - interval '1 year' WHERE email = :'email'`, email);
}
