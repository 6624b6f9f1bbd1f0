import { env } from "@/env";

/** Below every page, if the adopter has pages about terms, privacy or support. */
export function SiteFooter() {
  const { terms, privacy, support } = env().look.links;
  const links = [
    { href: terms, label: "Terms" },
    { href: privacy, label: "Privacy" },
    { href: support, label: "Support" },
  ].filter(({ href }) => href);
  if (links.length === 0) return;
  return (
    <footer className="border-t border-line px-5 text-sm text-soft">
      <ul className="flex flex-wrap justify-center gap-x-8">
        {links.map(({ href, label }) => (
          <li key={label}>
            <a
              href={href}
              className="inline-flex min-h-11 items-center underline decoration-edge underline-offset-4 hover:text-ink"
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </footer>
  );
}
