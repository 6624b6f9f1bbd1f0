import type { Metadata } from "next";
import { AnnounceSignOut } from "@/components/announce-sign-out";
import { Gate } from "@/components/brand/gate";
import { Wordmark } from "@/components/brand/wordmark";
import { buttonLook } from "@/components/ui/button";
import { env } from "@/env";
import { hasJust } from "@/session/notice";
import { hasSession } from "@/session/viewer";

export const metadata: Metadata = {
  description: "Sign-in that you host yourself: one API, one web app, one Postgres database.",
};

const FACTS = [
  {
    title: "It checks its database",
    text: "When a setting, an endpoint or the schema is wrong, it says what is wrong, where, and how to fix it.",
  },
  {
    title: "Sign-ins never slow other requests",
    text: "Few passwords are checked at once, at low priority. Other requests stay fast when many people sign in.",
  },
  {
    title: "Every error explains itself",
    text: "Each error has a stable code and links to a page that says what it means and what to do.",
  },
  {
    title: "Scripts cannot read tokens",
    text: "This web app keeps tokens in cookies that no script can read. Its forms also work without scripts.",
  },
] as const;

const FAREWELL =
  "Your account is deleted, with everything that belonged to it. Thank you for being here. Farewell!";

export default async function Home({ searchParams }: PageProps<"/">) {
  const [signedIn, { notice }] = await Promise.all([hasSession(), searchParams]);
  const deleted = notice === "account-deleted" && !signedIn && (await hasJust("account-deleted"));
  const plain = env().look.theme === "plain";
  return (
    <div className="relative isolate flex shrink-0 grow flex-col overflow-hidden">
      <div className="mx-auto flex w-full max-w-6xl grow flex-col px-5 sm:px-8">
        <header className="flex items-center justify-between gap-4 py-4 sm:py-6">
          <Wordmark />
          <a href={signedIn ? "/profile" : "/signin"} className={buttonLook("quiet", "shrink-0")}>
            {signedIn ? "Your profile" : "Sign in"}
          </a>
        </header>

        <main className="grow">
          {deleted && (
            <p role="status" className="rounded-lg bg-tint px-5 py-4 leading-relaxed text-door">
              {FAREWELL}
              <AnnounceSignOut />
            </p>
          )}
          <div
            className={`grid items-center gap-x-12 gap-y-10 ${plain ? "py-16 lg:py-28" : "pt-8 pb-14 lg:grid-cols-[1fr_27rem] lg:pt-6"}`}
          >
            <div>
              <h1 className="max-w-[15ch] text-[2.75rem] leading-[1.04] font-semibold tracking-[-0.04em] text-balance sm:text-6xl">
                Sign-in that you host yourself.
              </h1>
              <p className="mt-6 max-w-[46ch] text-lg leading-relaxed text-soft">
                Postern is a FastAPI service, this Next.js web app and one Postgres database. You run it, you
                own the code, and the data of your users stays with you.
              </p>
              <div className="mt-8 flex flex-wrap gap-3">
                <a href={signedIn ? "/profile" : "/signup"} className={buttonLook("solid")}>
                  {signedIn ? "Go to your profile" : "Create an account"}
                </a>
                {!signedIn && (
                  <a href="/signin" className={buttonLook("quiet")}>
                    Sign in
                  </a>
                )}
              </div>
            </div>
            {!plain && <Gate className="mx-auto w-full max-w-80 lg:max-w-none" />}
          </div>

          <ul className="grid gap-x-10 gap-y-8 border-t border-line py-10 sm:grid-cols-2 lg:grid-cols-4">
            {FACTS.map(({ title, text }) => (
              <li key={title}>
                <h2 className="font-semibold tracking-[-0.01em]">{title}</h2>
                <p className="mt-1.5 text-[0.9375rem] leading-relaxed text-soft">{text}</p>
              </li>
            ))}
          </ul>
          <div className="border-t border-line py-6 text-sm leading-relaxed text-soft">
            <p>
              <dfn className="text-ink">postern</dfn>, noun: a small gate in a wall, beside the main gate.
              Open source under the MIT licence.
            </p>
          </div>
        </main>
      </div>
    </div>
  );
}
