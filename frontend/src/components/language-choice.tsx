import { catalogues } from "@/words/catalogue";
import { getSpoken } from "@/words/spoken";

/** A form without scripts: one button for each language, in its own name. */
export async function LanguageChoice() {
  const { language, words } = await getSpoken();
  const languages = [...catalogues().keys()];
  if (languages.length < 2) return null;
  return (
    <form action="/language" method="post" aria-label={words.app.language}>
      <ul className="flex flex-wrap justify-center gap-x-2 text-sm">
        {languages.map((each) => (
          <li key={each}>
            <button
              type="submit"
              name="language"
              value={each}
              lang={each}
              aria-current={each === language ? "true" : undefined}
              className="min-h-11 rounded-md px-2 text-soft underline-offset-4 hover:text-ink hover:underline aria-[current]:font-medium aria-[current]:text-ink"
            >
              <bdi>{nameOf(each)}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}

/** "English", "Deutsch": people look for their language by the name that it has in it. */
function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.slice(0, 1).toLocaleUpperCase(language) + name.slice(1);
}
