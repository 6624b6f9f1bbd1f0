import { LocalTime } from "@/components/local-time";
import { Phrase } from "@/components/phrase";
import { buttonLook } from "@/components/ui/button";
import { env } from "@/env";
import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";

/** Above the cards of an account that will need a second factor, and has none. */
export async function RequiredSoon({ accessToken }: { accessToken: string }) {
  const { data } = await getFactors(accessToken);
  if (!data?.required_from) return null;
  const { requiredSoon: words } = await getWords();
  return (
    <section
      aria-label={words.title}
      className="mb-8 grid gap-3 rounded-xl border border-line bg-tint p-4 sm:px-7 sm:py-5"
    >
      <p className="leading-relaxed">
        <Phrase parts={{ time: <LocalTime iso={data.required_from} as="minute" />, app: env().appName }}>
          {words.text}
        </Phrase>
      </p>
      <a href="#authenticator" className={buttonLook("quiet", "justify-self-start")}>
        {words.add}
      </a>
    </section>
  );
}
