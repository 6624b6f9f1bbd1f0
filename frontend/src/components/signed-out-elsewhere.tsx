"use client";

import { onSignOut } from "postern-auth/sign-out";
import { useEffect, useState } from "react";
import { buttonLook } from "@/components/ui/button";
import type { Words } from "@/words/words";

/**
 * If the person signs out in another tab, this tab shows nothing of the account any more: it goes to /signin, and from
 * there back to its page. If something is typed here, the page stays until the person has seen what will be lost.
 */
export function SignedOutElsewhere({ words }: { words: Words["account"] }) {
  const [signin, setSignin] = useState("");

  useEffect(
    () =>
      onSignOut(() => {
        const path = location.pathname + location.search;
        const there = `/signin?next=${encodeURIComponent(path)}&notice=session-ended`;
        if (hasTyped()) setSignin(there);
        else location.replace(there);
      }),
    [],
  );

  if (!signin) return;
  return (
    <div
      role="alert"
      className="sticky top-2 z-10 mt-4 flex flex-wrap items-center justify-between gap-3 rounded-lg bg-alarm-tint px-5 py-3 text-[0.9375rem] text-alarm"
    >
      <p className="max-w-[52ch]">{words.signedOutElsewhere}</p>
      <a href={signin} className={buttonLook("quiet", "shrink-0")}>
        {words.signInAgain}
      </a>
    </div>
  );
}

/** True if any field has another value than the page gave it. */
function hasTyped(): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>("main input:not([type=hidden])")];
  return fields.some(({ value, defaultValue }) => value !== defaultValue);
}
