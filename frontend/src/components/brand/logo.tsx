import { env } from "@/env";

/** The files of LOGO and LOGO_DARK. Its text is the name of the app, which most logos show. */
export function Logo({ className }: { className?: string }) {
  const { appName, look } = env();
  if (!look.logo) return;
  return (
    <picture className="contents">
      {look.logoDark && <source media="(prefers-color-scheme: dark)" srcSet={look.logoDark.path} />}
      <img src={look.logo.path} alt={appName} className={className} />
    </picture>
  );
}
