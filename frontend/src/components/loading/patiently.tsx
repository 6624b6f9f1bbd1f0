import { headers } from "next/headers";
import type { ReactNode } from "react";
import { isSoon } from "@/lib/soon";
import { Meanwhile } from "./meanwhile";

interface PatientlyProps {
  /** What the content needs. It is asked for already. */
  until: Promise<unknown>;
  /** The address of the page. */
  path: string;
  query: Readonly<Record<string, unknown>>;
  /** The loading state. */
  shown: ReactNode;
  children: ReactNode;
}

/**
 * Shows a loading state if the content takes long. Scripts put the content in its place. A browser without them would
 * never show it, so it loads the page once more, which then waits. The answer to a form waits in any case: it is not
 * there a second time.
 */
export async function Patiently({ until, path, query, shown, children }: PatientlyProps) {
  const mayStream = query.whole === undefined && !(await headers()).has("content-type");
  const late = mayStream && !(await isSoon(until));
  return (
    <Meanwhile
      late={late}
      shown={
        <>
          <noscript>
            <meta httpEquiv="refresh" content={`0; url=${path}${path.includes("?") ? "&" : "?"}whole=1`} />
          </noscript>
          {shown}
        </>
      }
    >
      {children}
    </Meanwhile>
  );
}
