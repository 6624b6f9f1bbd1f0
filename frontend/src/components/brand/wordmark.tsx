import { env } from "@/env";
import { Logo } from "./logo";
import { Mark } from "./mark";

/** The logo of the adopter, or Postern's mark beside the name. */
export function Wordmark() {
  const { appName, look } = env();
  return (
    <a
      href={look.homeUrl ?? "/"}
      className="plain-wall -ms-1 inline-flex min-h-9 min-w-0 max-w-full items-center gap-2 rounded-md p-1"
    >
      {look.logo ? (
        <Logo className="h-8 max-w-48 min-w-0 object-contain object-left" />
      ) : (
        <>
          <Mark className="size-7 shrink-0" />
          <span dir="auto" className="truncate text-[1.0625rem] font-semibold tracking-[-0.02em]">
            {appName}
          </span>
        </>
      )}
    </a>
  );
}
