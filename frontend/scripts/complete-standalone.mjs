/** Next leaves the static files out of its standalone server; with them it is complete. */

import { cpSync } from "node:fs";

cpSync(".next/static", ".next/standalone/frontend/.next/static", { recursive: true });
