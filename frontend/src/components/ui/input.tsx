import type { ComponentProps } from "react";

export function Input({ className = "", ...props }: ComponentProps<"input">) {
  return (
    <input
      className={
        "h-11 w-full rounded-lg border border-edge bg-well px-3.5 text-base text-ink transition-colors " +
        "hover:border-soft focus-visible:border-door focus-visible:outline-offset-0 " +
        `aria-invalid:border-alarm aria-invalid:outline-alarm ${className}`
      }
      {...props}
    />
  );
}
