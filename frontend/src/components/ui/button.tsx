import type { ComponentProps } from "react";

const SHARED =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-lg border px-5 max-[15rem]:px-2 text-[0.9375rem] font-medium " +
  "transition-colors aria-disabled:cursor-progress aria-disabled:opacity-75";

const LOOKS = {
  solid: "border-transparent bg-door text-on-door hover:bg-door-deep",
  quiet: "border-edge text-ink hover:border-ink hover:bg-tint",
  plain: "border-transparent text-soft underline decoration-edge underline-offset-4 hover:text-ink",
  alarm: "border-alarm text-alarm hover:bg-alarm-tint",
} as const;

/** Only the classes, for links that look like buttons. */
export function buttonLook(look: keyof typeof LOOKS = "solid", more = ""): string {
  return `${SHARED} ${LOOKS[look]} ${more}`;
}

export type ButtonLook = keyof typeof LOOKS;

interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
}

export function Button({ look = "solid", className, ...props }: ButtonProps) {
  return <button type="button" className={buttonLook(look, className)} {...props} />;
}
