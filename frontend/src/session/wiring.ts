/** What `postern-auth` needs to know about this server. */

import "server-only";

import type { Wiring } from "postern-auth/web";
import { apiOf } from "@/api/client";
import { env } from "@/env";

export function wiring(): Wiring {
  return { api: apiOf(env()), https: env().https };
}
