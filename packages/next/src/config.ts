/** For next.config.ts. */

import type { NextConfig } from "next";
import { ASSETS, CHANGE_PASSWORD, PAGES } from "./pages.ts";

const LOGO = "/brand/:digest([0-9a-f]{16}\\.(?:png|svg))";

type Rewrites = Awaited<ReturnType<NonNullable<NextConfig["rewrites"]>>>;

/**
 * Makes an app ready for Postern's pages on its host. The proxy shows them at run time, from POSTERN_WEB_URL. Only an app
 * with a `basePath` needs rewrites: its proxy does not see addresses outside of it. They are fixed by the build. In
 * development, a rewrite lets the web app's dev server say that its code has changed: a proxy sees no WebSocket.
 */
export function withPostern(config: NextConfig = {}): NextConfig {
  const own = config.basePath
    ? pages()
    : process.env.NODE_ENV === "development"
      ? [`${ASSETS}/_next/hmr`]
      : [];
  return {
    ...config,
    transpilePackages: [...(config.transpilePackages ?? []), "postern-auth"],
    ...(own.length > 0 && { rewrites: async () => merged(own, await config.rewrites?.()) }),
  };
}

function pages(): readonly string[] {
  const each = PAGES.flatMap((page) => [`/${page}`, `/${page}/:path*`]);
  return [...each, `${ASSETS}/:path*`, LOGO, CHANGE_PASSWORD];
}

function merged(own: readonly string[], theirs: Rewrites = []): Rewrites {
  const webUrl = process.env.POSTERN_WEB_URL?.trim().replace(/\/+$/, "") ?? "";
  if (!/^https?:\/\//.test(webUrl)) {
    throw new Error(
      "withPostern: POSTERN_WEB_URL is not set, or is no http address. Set it to the address of Postern's web app.",
    );
  }
  const first = own.map((source) => ({
    source,
    destination: webUrl + (source === LOGO ? "/brand/:digest" : source),
    basePath: false as const,
  }));
  if (Array.isArray(theirs)) return { beforeFiles: first, afterFiles: theirs, fallback: [] };
  return { ...theirs, beforeFiles: [...first, ...(theirs.beforeFiles ?? [])] };
}
