/** What an operator does at a terminal. */

import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { askForPassword } from "./api";
import { BACKEND } from "./processes";

/** With the settings of the tests, on the database of the journeys. */
const START = `
import os
from tests.support import environment
environment.apply(DATABASE_URL_UNPOOLED=os.environ["DATABASE_URL"])
from src.cli import app
app()
`;

/**
 * `postern factors reset`. The reset is due after this many seconds. The API does not hear of mails of another process
 * until it looks for them. So it gets one of its own, which goes to nobody.
 */
export async function resetFactors(email: string, { delay }: { delay: number }): Promise<void> {
  await promisify(execFile)(
    path.join(BACKEND, ".venv/bin/python"),
    ["-c", START, "factors", "reset", email, "--reason", "a passport at the desk"],
    {
      cwd: BACKEND,
      env: { ...process.env, DATABASE_URL: process.env.E2E_DATABASE_URL, FACTOR_RESET_DELAY: String(delay) },
    },
  );
  await askForPassword("nobody@example.com");
}
