// Writes src/api/schema.d.ts from openapi.json. With --check it writes nothing, and fails if that file is out of date.
// The command openapi-typescript does the same, but fails in a folder with a percent sign in its name.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

const SCHEMA = "src/api/schema.d.ts";

const cwd = pathToFileURL(`${process.cwd()}/`);
const generated = COMMENT_HEADER + astToString(await openapiTS(readFileSync("openapi.json"), { cwd }));

if (!process.argv.includes("--check")) {
  writeFileSync(SCHEMA, generated);
} else if (readFileSync(SCHEMA, "utf8") !== generated) {
  process.stderr.write(`frontend/${SCHEMA} does not match openapi.json. Run: make openapi\n`);
  process.exitCode = 1;
}
