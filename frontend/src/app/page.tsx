import type { Metadata } from "next";
import { AnnounceSignOut } from "@/components/announce-sign-out";
import { Gate } from "@/components/brand/gate";
import { Wordmark } from "@/components/brand/wordmark";
import { Phrase } from "@/components/phrase";
import { buttonLook } from "@/components/ui/button";
import { env } from "@/env";
import { hasJust } from "@/session/notice";
import { hasSession } from "@/session/viewer";
import { getWords } from "@/words/spoken";

export async function generateMetadata(): Promise<Metadata> {
  return { description: (await getWords()).home.description };
}

export default async function Home({ searchParams }: PageProps<"/">) {
  const [signedIn, { notice }, { home: words }] = await Promise.all([hasSession(), searchParams, getWords()]);
  const deleted = notice === "account-deleted" && !signedIn && (await hasJust("account-deleted"));
  const plain = env().look.theme === "plain";
  return (
    <div className="relative isolate flex shrink-0 grow flex-col overflow-hidden">
      <div className="mx-auto flex w-full max-w-6xl grow flex-col px-5 sm:px-8">
        <header className="flex items-center justify-between gap-4 py-4 sm:py-6">
          <Wordmark />
          <a href={signedIn ? "/profile" : "/signin"} className={buttonLook("quiet", "shrink-0")}>
            {signedIn ? words.yourProfile : words.signIn}
          </a>
        </header>

        <main className="grow">
          {deleted && (
            <p role="status" className="rounded-lg bg-tint px-5 py-4 leading-relaxed text-door">
              {words.farewell}
              <AnnounceSignOut />
            </p>
          )}
          <div
            className={`grid items-center gap-x-12 gap-y-10 ${plain ? "py-16 lg:py-28" : "pt-8 pb-14 lg:grid-cols-[1fr_27rem] lg:pt-6"}`}
          >
            <div>
              <h1 className="max-w-[15ch] text-[2.75rem] leading-[1.04] font-semibold tracking-[-0.04em] text-balance sm:text-6xl">
                {words.title}
              </h1>
              <p className="mt-6 max-w-[46ch] text-lg leading-relaxed text-soft">{words.lead}</p>
              <div className="mt-8 flex flex-wrap gap-3">
                <a href={signedIn ? "/profile" : "/signup"} className={buttonLook("solid")}>
                  {signedIn ? words.goToProfile : words.createAccount}
                </a>
                {!signedIn && (
                  <a href="/signin" className={buttonLook("quiet")}>
                    {words.signIn}
                  </a>
                )}
              </div>
            </div>
            {!plain && <Gate className="mx-auto w-full max-w-80 lg:max-w-none" />}
          </div>

          <ul className="grid gap-x-10 gap-y-8 border-t border-line py-10 sm:grid-cols-2 lg:grid-cols-4">
            {Object.values(words.facts).map(({ title, text }) => (
              <li key={title}>
                <h2 className="font-semibold tracking-[-0.01em]">{title}</h2>
                <p className="mt-1.5 text-[0.9375rem] leading-relaxed text-soft">{text}</p>
              </li>
            ))}
          </ul>
          <div className="border-t border-line py-6 text-sm leading-relaxed text-soft">
            <p>
              <Phrase
                parts={{
                  word: (
                    <dfn lang="en" className="text-ink">
                      postern
                    </dfn>
                  ),
                }}
              >
                {words.meaning}
              </Phrase>
            </p>
          </div>
        </main>
      </div>
    </div>
  );
}
