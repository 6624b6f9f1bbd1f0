import { env } from "@/env";

/** The files of LOGO and LOGO_DARK. With LOGO alone, it has a light plate in the dark scheme. Its text is the name of the app, which most logos show. */
export function Logo({ className = "" }: { className?: string }) {
  const { appName, look } = env();
  if (!look.logo) return;
  return (
    <picture className="contents">
      {look.logoDark && <source media="(prefers-color-scheme: dark)" srcSet={look.logoDark.path} />}
      <img src={look.logo.path} alt={appName} className={look.logoDark ? className : `plate ${className}`} />
    </picture>
  );
}
