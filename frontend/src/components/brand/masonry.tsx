import { env } from "@/env";

/** The wall in the background: rows of stones, drawn by their joints. Texts on it stand on `plain-wall`. */
export function Masonry() {
  if (env().look.theme === "plain") return;
  return (
    <svg
      aria-hidden="true"
      className="mask-radial-at-top mask-radial-from-20% mask-radial-to-85% pointer-events-none absolute inset-0 -z-10 size-full"
    >
      <pattern id="courses" width="288" height="176" patternUnits="userSpaceOnUse">
        <path
          fill="none"
          strokeWidth="1.25"
          className="stroke-joint"
          d="M0 .5h288M0 44.5h288M0 88.5h288M0 132.5h288M40.5 0v44M148.5 0v44M220.5 0v44M4.5 44v44M92.5 44v44M188.5 44v44M252.5 44v44M60.5 88v44M132.5 88v44M236.5 88v44M20.5 132v44M108.5 132v44M172.5 132v44M268.5 132v44"
        />
      </pattern>
      <rect width="100%" height="100%" fill="url(#courses)" />
    </svg>
  );
}
