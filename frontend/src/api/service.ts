import "server-only";

import { env } from "@/env";
import type { PasswordRules } from "@/lib/strength/rules";
import { api } from "./client";
import { type Refusal, refusal } from "./problems";
import type { components } from "./schema";

type Rules = components["schemas"]["AuthConfig"];

export type Service =
  /** `rules` are missing if the API takes long to answer. It applies them in any case. */
  | { readonly status: "ready"; readonly rules: PasswordRules | undefined }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

/** Milliseconds. A form is useful without its hints, so nobody waits longer for them. */
const PATIENCE = 1_000;

/** Whether the API accepts forms now, and its rules for passwords. */
export async function getService(): Promise<Service> {
  const late = new Promise<Service>((resolve) => {
    setTimeout(resolve, PATIENCE, { status: "ready", rules: undefined }).unref();
  });
  return Promise.race([ask(), late]);
}

async function ask(): Promise<Service> {
  const client = await api();
  const [readiness, config] = await Promise.all([client.GET("/readyz"), client.GET("/auth/config")]);
  if (readiness.error) return { status: "unavailable", refusal: refusal(readiness.error) };
  const { data, error } = config;
  return data
    ? { status: "ready", rules: passwordRules(data) }
    : { status: "unavailable", refusal: refusal(error) };
}

/** The rules that a form applies before it is sent. */
function passwordRules(rules: Rules): PasswordRules {
  const { appName, webUrl } = env();
  return {
    minLength: rules.min_password_length,
    maxLength: rules.max_password_length,
    minGuesses: rules.min_password_guesses,
    appName,
    host: new URL(webUrl).hostname,
  };
}
