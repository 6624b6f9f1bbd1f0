import type { ReactNode } from "react";
import { env } from "@/env";
import { getWords } from "@/words/spoken";

/** Below every page: the choice of a language, and the adopter's pages about terms, privacy and support. */
export async function SiteFooter({ children }: { children: ReactNode }) {
  const { terms, privacy, support } = env().look.links;
  const { footer } = await getWords();
  const links = [
    { href: terms, label: footer.terms },
    { href: privacy, label: footer.privacy },
    { href: support, label: footer.support },
  ].filter(({ href }) => href);
  return (
    <footer className={`px-5 py-1 text-sm text-soft ${links.length > 0 ? "border-t border-line" : ""}`}>
      {links.length > 0 && (
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
      )}
      {children}
    </footer>
  );
}
