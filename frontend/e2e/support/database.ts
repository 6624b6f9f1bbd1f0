/** Looks into the API's database, for what no answer of the API tells. */

import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { BACKEND } from "./processes";

const SCRIPT = `
import json, sys
from sqlalchemy import create_engine, text
url, sql, values = sys.argv[1:]
with create_engine(url).begin() as db:
    rows = db.execute(text(sql), json.loads(values))
    print(json.dumps([dict(row) for row in rows.mappings()] if rows.returns_rows else [], default=str))
`;

type Row = Readonly<Record<string, string | number | boolean | null>>;

export async function query(
  databaseUrl: string,
  sql: string,
  values: Readonly<Record<string, string>> = {},
): Promise<readonly Row[]> {
  const python = path.join(BACKEND, ".venv/bin/python");
  const { stdout } = await promisify(execFile)(python, [
    "-c",
    SCRIPT,
    databaseUrl,
    sql,
    JSON.stringify(values),
  ]);
  return JSON.parse(stdout);
}

/** The sessions of one person, the oldest first. */
export function sessionsOf(email: string, databaseUrl = process.env.E2E_DATABASE_URL ?? "") {
  return query(
    databaseUrl,
    `SELECT generation, seen_generation, ended_by FROM session JOIN "user" ON "user".id = session.user_id
     WHERE email = :email ORDER BY session.id`,
    { email },
  );
}
