import { env } from "@/env";
import gate from "./apple-icon.png";

interface Icon {
  readonly url: string;
  readonly type: string;
}

/** The icon of browsers' tabs and, if it is a PNG, of home screens. Postern's own stay away from another brand. */
export function icons(): { readonly tab: Icon; readonly home?: Icon } {
  const { theme, brandColor, logo } = env().look;
  if (logo) {
    const tab = { url: logo.path, type: logo.type };
    return { tab, home: logo.type === "image/png" ? tab : undefined };
  }
  const tab = { url: "/icon.svg", type: "image/svg+xml" };
  const isOurs = theme === "arch" && !brandColor;
  return { tab, home: isOurs ? { url: gate.src, type: "image/png" } : undefined };
}
