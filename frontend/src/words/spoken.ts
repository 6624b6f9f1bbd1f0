/** The language and the sentences of the current request. src/start.ts has put the language into its Accept-Language. */

import "server-only";

import { headers } from "next/headers";
import { spokenIn } from "./catalogue";
import type { Spoken, Words } from "./words";

export async function getSpoken(): Promise<Spoken> {
  return spokenIn((await headers()).get("accept-language"));
}

export async function getWords(): Promise<Words> {
  return (await getSpoken()).words;
}
