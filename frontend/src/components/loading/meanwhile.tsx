"use client";

import { type ReactNode, Suspense, useState } from "react";

interface MeanwhileProps {
  late: boolean;
  shown: ReactNode;
  children: ReactNode;
}

/**
 * What is shown until the content arrives, if that is late. It stays as it was at first: otherwise a refresh of the page
 * would mount all forms again, and they would forget what they have just said.
 */
export function Meanwhile({ late, shown, children }: MeanwhileProps) {
  const [began] = useState(late);
  return began ? <Suspense fallback={shown}>{children}</Suspense> : children;
}
