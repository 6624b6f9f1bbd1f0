import type { Words } from "@/words/words";

export type AppWords = Words["authenticator"] & Pick<Words, "proof">;
