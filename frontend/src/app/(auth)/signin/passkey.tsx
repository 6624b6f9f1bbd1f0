"use client";

import { type ReactNode, useCallback, useEffect, useState } from "react";
import { PasskeyButton } from "@/components/form/passkey-button";
import { useShared } from "@/components/shared-words";
import type { FormState } from "@/forms/form-state";
import { askForPasskey, hasAutofill, hasOwnAuthenticator, type Outcome } from "@/lib/passkey/ceremony";
import { optionsToSignIn } from "@/lib/passkey/options";
import { WITH_PASSKEY } from "./ways";

/** Milliseconds. The options are valid for five minutes, and a person needs some of them to answer. */
const RENEW = 3 * 60_000;

/** The button, and passkeys in the list of the address field. It is loaded after the form. */
export default function Passkey({ state, children }: { state: FormState; children: string }): ReactNode {
  const { passkey } = useShared().form;
  const [hasOwn, setHasOwn] = useState(false);
  useEffect(() => {
    hasOwnAuthenticator().then(setHasOwn, () => {});
  }, []);
  const fill = useCallback(offered, []);
  return (
    <>
      {/* After a sign-in with a password, this device can be offered a passkey. */}
      {hasOwn && <input type="hidden" name="device" value="own" />}
      <PasskeyButton
        ask={async () => (await optionsToSignIn()) ?? { message: passkey.failures.unreachable }}
        fill={fill}
        state={state}
        field="assertion"
        optional
        name="way"
        value={WITH_PASSKEY}
        look="quiet"
      >
        {children}
      </PasskeyButton>
    </>
  );
}

/** Waits until the person picks a passkey from the list. */
async function offered(signal: AbortSignal): Promise<Outcome | undefined> {
  if (!(await hasAutofill())) return;
  while (!signal.aborted) {
    await untilVisible();
    const asked = await optionsToSignIn(signal);
    if (!asked || "message" in asked || signal.aborted) return;
    const outcome = await withFreshOptions(asked.options, signal);
    if ("answer" in outcome) return outcome;
    if (outcome.failure !== "aborted") return;
  }
}

async function withFreshOptions(given: string, signal: AbortSignal): Promise<Outcome> {
  const round = new AbortController();
  const stop = () => round.abort();
  const timer = setTimeout(stop, RENEW);
  signal.addEventListener("abort", stop);
  const outcome = await askForPasskey(given, { signal: round.signal, autofill: true });
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  return outcome;
}

async function untilVisible(): Promise<void> {
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}
