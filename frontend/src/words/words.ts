import type en from "./en.json";

/** All sentences of the web app in one language. */
export type Words = typeof en;

export interface Spoken {
  readonly language: string;
  readonly words: Words;
}
