import { Mark } from "./mark";

export function Wordmark() {
  return (
    <a href="/" className="-ml-1 inline-flex items-center gap-2 rounded-md p-1">
      <Mark className="size-7" />
      <span className="text-[1.0625rem] font-semibold tracking-[-0.02em]">Postern</span>
    </a>
  );
}
