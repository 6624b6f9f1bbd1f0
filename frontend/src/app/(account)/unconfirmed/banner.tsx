import { getMail } from "@/api/service";
import { Phrase } from "@/components/phrase";
import type { Profile } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { SendVerificationForm } from "./form";

/** Above the cards of an account whose address nobody has proved, if the service sends mail. */
export async function Unconfirmed({ profile, page }: { profile: Profile; page: "/profile" | "/security" }) {
  if (profile.email_verified || !(await getMail()).isSent) return null;
  const { unconfirmed: words } = await getWords();
  return (
    <section
      aria-label={words.title}
      className="mb-8 grid gap-3 rounded-xl border border-line bg-tint p-4 sm:px-7 sm:py-5"
    >
      <p className="leading-relaxed">
        <Phrase parts={{ address: <bdi className="font-medium wrap-anywhere">{profile.email}</bdi> }}>
          {words.text}
        </Phrase>
      </p>
      <SendVerificationForm page={page} words={words} />
    </section>
  );
}
