/** Writes to the log that forms were refused. */

import { onceAMinute } from "./once-a-minute";
import { foreignForm } from "./same-origin";

declare global {
  /** On `globalThis`, since Next loads this module once for the proxy and once for the pages. */
  var posternRefusedForms: ((line: string) => void) | undefined;
}

export function reportForeignForm(headers: Pick<Headers, "get">, webUrl: string): void {
  globalThis.posternRefusedForms ??= onceAMinute((line) => process.stderr.write(`${line}\n`), {
    summary: (left) => `More forms were refused in the last minute: ${left}.`,
  });
  globalThis.posternRefusedForms(foreignForm(headers, webUrl));
}
