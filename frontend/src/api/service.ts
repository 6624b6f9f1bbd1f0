import "server-only";

import { cache } from "react";
import { env } from "@/env";
import type { PasswordRules } from "@/lib/strength/rules";
import { api } from "./client";
import { type Refusal, refusal } from "./problems";
import type { components } from "./schema";

type Rules = components["schemas"]["AuthConfig"];

export type Service =
  /** `rules` are missing if the API takes long and has not answered yet since this server started. It applies them in any case. */
  | { readonly status: "ready"; readonly rules: PasswordRules | undefined }
  | { readonly status: "unavailable"; readonly refusal: Refusal };

/** Milliseconds. A form is useful without its hints, so nobody waits longer for them. */
const PATIENCE = 2_000;

/** The last answer. The rules change only if the API restarts with other settings. */
let known: Rules | undefined;

/** Whether the API accepts forms now, and its rules for passwords. Once per request. */
export const getService = cache(async (): Promise<Service> => {
  const late = new Promise<Service>((resolve) => {
    setTimeout(() => resolve({ status: "ready", rules: known && passwordRules(known) }), PATIENCE).unref();
  });
  return Promise.race([ask(), late]);
});

async function ask(): Promise<Service> {
  const client = await api();
  const [readiness, config] = await Promise.all([client.GET("/readyz"), client.GET("/auth/config")]);
  if (readiness.error) return { status: "unavailable", refusal: refusal(readiness.error) };
  const { data, error } = config;
  if (!data) return { status: "unavailable", refusal: refusal(error) };
  known = data;
  return { status: "ready", rules: passwordRules(data) };
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

/** What the service does by mail. */
export interface Mail {
  readonly isSent: boolean;
  readonly signsIn: boolean;
  /** Whether people may sign in before a mail has proved their address. */
  readonly letsInUnproved: boolean;
}

/** Milliseconds. Only the first page after a start of this server waits at all: later ones show the last answer. */
const BRIEFLY = 500;

/** Asked in each case, so that a restart of the API with other settings is seen, but a known answer is not waited for. */
export async function getMail(): Promise<Mail> {
  const rules = await latestRules();
  return {
    isSent: rules?.sends_mail ?? true,
    signsIn: rules?.signin_methods.includes("magic_link") ?? false,
    letsInUnproved: !rules?.requires_verified_email,
  };
}

/** How long a browser that a person trusts needs no second step. 0: the service trusts none. */
export async function getTrustedDays(): Promise<number> {
  return (await latestRules())?.trusted_device_days ?? 0;
}

/** How people sign up, and whether they can have passkeys. */
export interface Ways {
  readonly passkeys: boolean;
  readonly signupWithPassword: boolean;
  readonly signupWithPasskey: boolean;
  readonly requiresVerifiedEmail: boolean;
}

export async function getWays(): Promise<Ways> {
  const rules = await latestRules();
  const { passkeys = false, signup_methods: signup = ["password"], requires_verified_email } = rules ?? {};
  return {
    passkeys,
    signupWithPassword: signup.includes("password"),
    signupWithPasskey: passkeys && signup.includes("passkey"),
    requiresVerifiedEmail: requires_verified_email ?? false,
  };
}

/** Once per request, even if several parts of a page need the answer. */
const latestRules = cache(async (): Promise<Rules | undefined> => {
  const asking = askConfig();
  if (!known) {
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, BRIEFLY).unref();
    });
    await Promise.race([asking, late]);
  }
  return known;
});

async function askConfig(): Promise<void> {
  const { data } = await (await api()).GET("/auth/config");
  if (data) known = data;
}
