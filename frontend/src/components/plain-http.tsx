"use client";

import { useEffect, useState } from "react";

/** For a web app on https: says what is wrong if this page was opened over http, where no form can work. */
export function PlainHttp({ webUrl }: { webUrl: string }) {
  const [plain, setPlain] = useState(false);
  useEffect(() => setPlain(location.protocol === "http:"), []);
  if (!plain) return;
  return (
    <div role="alert" className="bg-alarm-tint px-5 py-3 text-center text-[0.9375rem] text-alarm">
      This page was opened over http, where signing in cannot work. Open it here instead:{" "}
      <a href={webUrl} className="font-medium underline underline-offset-4 wrap-anywhere">
        {webUrl}
      </a>
    </div>
  );
}
