import { connection } from "next/server";
import { env } from "@/env";
import { iconOf } from "@/lib/icon";

/** The icon of browsers' tabs. With LOGO, pages name that file instead, and only old addresses lead here. */
export async function GET(): Promise<Response> {
  await connection(); // its colors are a setting of the running server
  const { appName, look } = env();
  return new Response(iconOf(appName, look), {
    headers: { "content-type": "image/svg+xml", "cache-control": "public, max-age=3600" },
  });
}
