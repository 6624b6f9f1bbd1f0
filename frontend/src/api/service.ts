import "server-only";

import { env } from "@/env";
import type { PasswordRules } from "@/lib/strength/rules";
import { api } from "./client";
import { type Refusal, refusal } from "./problems";
import type { components } from "./schema";

type Rules = components["schemas"]["AuthConfig"];

export type Service =
  | { readonly status: "ready"; readonly rules: Rules }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

/** Whether the API accepts forms now, and its rules for them. Pages ask before they show a form. */
export async function getService(): Promise<Service> {
  const client = await api();
  const [readiness, config] = await Promise.all([client.GET("/readyz"), client.GET("/auth/config")]);
  if (readiness.error) return { status: "unavailable", refusal: refusal(readiness.error) };
  const { data, error } = config;
  return data ? { status: "ready", rules: data } : { status: "unavailable", refusal: refusal(error) };
}

/** The rules that a form applies before it is sent. */
export function passwordRules(rules: Rules): PasswordRules {
  const { appName, webUrl } = env();
  return {
    minLength: rules.min_password_length,
    maxLength: rules.max_password_length,
    minGuesses: rules.min_password_guesses,
    appName,
    host: new URL(webUrl).hostname,
  };
}
