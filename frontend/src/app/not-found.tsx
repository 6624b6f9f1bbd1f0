import { Masonry } from "@/components/brand/masonry";
import { Wordmark } from "@/components/brand/wordmark";
import { buttonLook } from "@/components/ui/button";
import { getWords } from "@/words/spoken";
import { titled } from "./titled";

export const generateMetadata = titled((words) => words.notFound.title);

export default async function NotFound() {
  const { notFound } = await getWords();
  return (
    <div className="relative isolate flex shrink-0 grow flex-col overflow-hidden">
      <Masonry />
      <header className="px-5 py-4 sm:px-8 sm:py-6">
        <Wordmark />
      </header>
      <main className="grid flex-1 content-center justify-items-center px-5 pb-24 text-center">
        <div className="plain-wall grid justify-items-center gap-3 rounded-xl p-5">
          <h1 className="text-3xl font-semibold tracking-[-0.03em]">{notFound.title}</h1>
          <p className="text-soft">{notFound.text}</p>
          <a href="/" className={buttonLook("quiet", "mt-4")}>
            {notFound.home}
          </a>
        </div>
      </main>
    </div>
  );
}
