"use client";

import { type ReactNode, useEffect, useState } from "react";

/** For a web app on https: says what is wrong if this page was opened over http, where no form can work. */
export function PlainHttp({ children }: { children: ReactNode }) {
  const [plain, setPlain] = useState(false);
  useEffect(() => setPlain(location.protocol === "http:"), []);
  if (!plain) return;
  return (
    <div role="alert" className="bg-alarm-tint px-5 py-3 text-center text-[0.9375rem] text-alarm">
      {children}
    </div>
  );
}
