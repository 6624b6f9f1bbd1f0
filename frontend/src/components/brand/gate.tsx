import { archStones } from "./arch";

const RING = archStones({ x: 216, y: 212, inner: 104, outer: 142, stones: 11, keystone: 14 });

/** The rows of stones in the wall, as lists of widths. The gate covers their middle. */
const COURSES = [
  [72, 96, 64, 88, 72, 40],
  [40, 84, 76, 92, 60, 80],
  [88, 60, 100, 52, 76, 56],
  [56, 92, 68, 84, 88, 44],
  [76, 68, 96, 60, 72, 60],
  [48, 88, 72, 96, 56, 72],
  [84, 64, 84, 76, 80, 44],
  [60, 80, 92, 64, 84, 52],
  [72, 92, 60, 88, 68, 52],
] as const;
const COURSE = 52;

/** A small gate in a wall. Its door is half open, with light behind it. */
export function Gate({ className = "" }: { className?: string }) {
  return (
    <svg viewBox="0 0 432 540" aria-hidden="true" className={className}>
      <defs>
        <clipPath id="wall">
          <path d="M28 0h376a28 28 0 0 1 28 28v440H0V28A28 28 0 0 1 28 0z" />
        </clipPath>
        <linearGradient id="light" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" className="[stop-color:var(--color-light)]" />
          <stop offset="1" className="[stop-color:var(--color-light-low)]" />
        </linearGradient>
      </defs>
      <g clipPath="url(#wall)">{COURSES.map(courseOfStones)}</g>
      <path d="M112 468V212a104 104 0 0 1 208 0v256z" fill="url(#light)" />
      {RING.map((stone, index) => (
        <path
          key={stone}
          d={stone}
          strokeWidth="3"
          className={`stroke-wall ${index === 5 ? "fill-door" : "fill-line"}`}
        />
      ))}
      <path d="M0 468h432v16H0z" className="fill-line" />
      <path d="M262 496 320 468 432 540H306z" className="fill-beam" />
      <path d="M112 468V212c0-62 32-104 74-104 44 0 76 52 76 118v270z" className="fill-leaf" />
      <g fill="none" strokeWidth="2.5" className="stroke-plank">
        <path d="M146 475V128M183 483V108M222 489V126" />
      </g>
      <circle cx="240" cy="318" r="9" fill="none" strokeWidth="4" className="stroke-light" />
    </svg>
  );
}

function courseOfStones(widths: readonly number[], course: number) {
  return widths.map((width, index) => {
    const x = widths.slice(0, index).reduce((sum, each) => sum + each, 0);
    return (
      <rect
        key={`${course}-${x}`}
        x={x + 1.5}
        y={course * COURSE + 1.5}
        width={width - 3}
        height={COURSE - 3}
        rx="3"
        className={(course * 5 + index * 3) % 7 < 2 ? "fill-stone-deep" : "fill-stone"}
      />
    );
  });
}
