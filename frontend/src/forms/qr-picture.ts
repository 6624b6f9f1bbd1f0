/** Takes the squares out of the API's SVG, so that the page draws them itself and shows no markup from elsewhere. */

import type { Picture } from "@/forms/form-state";

/** Undefined if it has another form. The page then shows the key alone. */
export function pictureIn(svg: string): Picture | undefined {
  const size = svg.match(/viewBox="0 0 (\d{1,3}) \1"/)?.[1];
  const path = svg.match(/<path class="qrline" stroke="#000" d="([\d\s.mMhv-]+)"\/><\/svg>$/)?.[1];
  return size && path ? { size: Number(size), path } : undefined;
}
