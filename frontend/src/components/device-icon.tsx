import type { Device } from "@/lib/device";

const OUTLINES: Record<Device["kind"], string> = {
  computer: "M5 6.5h18v12H5zM2 22h24M11 18.5h6",
  phone: "M9 3h10a2 2 0 0 1 2 2v18a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM12.5 21.5h3",
  tablet: "M7 3h14a2 2 0 0 1 2 2v18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM12.5 21.5h3",
  program: "M4 5h20v18H4zM8.5 10.5l4 3.5-4 3.5M15 18h4.5",
};

export function DeviceIcon({ kind, className }: { kind: Device["kind"]; className?: string }) {
  return (
    <svg viewBox="0 0 28 28" aria-hidden="true" className={className}>
      <path
        d={OUTLINES[kind]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
