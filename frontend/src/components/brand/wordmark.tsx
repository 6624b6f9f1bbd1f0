import { env } from "@/env";
import { Mark } from "./mark";

export function Wordmark() {
  return (
    <a href="/" className="plain-wall -ml-1 inline-flex min-w-0 max-w-full items-center gap-2 rounded-md p-1">
      <Mark className="size-7 shrink-0" />
      <span dir="auto" className="truncate text-[1.0625rem] font-semibold tracking-[-0.02em]">
        {env().appName}
      </span>
    </a>
  );
}
