import { env } from "@/env";

interface MarkProps {
  className?: string;
  closed?: boolean;
}

/**
 * Postern's own mark: an arched gate in a wall with a half-open door. The door is closed if signing in is impossible now.
 * The plain theme has no gate, and an adopter with a logo needs no second mark.
 */
export function Mark({ className, closed = false }: MarkProps) {
  const { theme, logo } = env().look;
  if (theme === "plain" || logo) return;
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <path
        d="M5 28V14.5a11 11 0 0 1 22 0V28"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
      <path d="M2 28h28" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
      {closed ? (
        <path d="M9.5 28V14.5a6.5 6.5 0 0 1 13 0V28z" className="fill-edge" />
      ) : (
        <path d="M10 25V14.5a6 6 0 0 1 6-6l4 3.2V28z" className="fill-door" />
      )}
      <circle cx={closed ? 19 : 17} cy="19" r="1.25" className={closed ? "fill-paper" : "fill-on-door"} />
    </svg>
  );
}
