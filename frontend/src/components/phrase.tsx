import { Fragment, type ReactNode } from "react";
import { PLACEHOLDER } from "@/lib/fill";

interface PhraseProps {
  children: string;
  parts: Readonly<Record<string, ReactNode>>;
}

/** A sentence with elements in its placeholders, such as a link. */
export function Phrase({ children, parts }: PhraseProps) {
  return children
    .split(PLACEHOLDER)
    .map((piece, place) => (place % 2 === 0 ? piece : <Fragment key={piece}>{parts[piece]}</Fragment>));
}
