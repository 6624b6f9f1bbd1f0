import type { Metadata } from "next";
import { getWords } from "@/words/spoken";
import type { Words } from "@/words/words";

/** The title of a page's tab, in the language of the request. */
export function titled(title: (words: Words) => string): () => Promise<Metadata> {
  return async () => ({ title: title(await getWords()) });
}
