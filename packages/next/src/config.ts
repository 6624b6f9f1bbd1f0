/** For next.config.ts. */

import type { NextConfig } from "next";
import { ASSETS, CHANGE_PASSWORD, PAGES } from "./pages.ts";

type Rewrites = Awaited<ReturnType<NonNullable<NextConfig["rewrites"]>>>;

/**
 * Makes an app ready for Postern's pages on its host. The proxy shows them at run time, from POSTERN_WEB_URL. Only an app
 * with a `basePath` needs rewrites: its proxy does not see addresses outside of it. They are fixed by the build.
 */
export function withPostern(config: NextConfig = {}): NextConfig {
  return {
    ...config,
    transpilePackages: [...(config.transpilePackages ?? []), "postern-auth"],
    ...(config.basePath && { rewrites: async () => merged(await config.rewrites?.()) }),
  };
}

function merged(theirs: Rewrites = []): Rewrites {
  const own = rewritesTo(process.env.POSTERN_WEB_URL?.trim().replace(/\/+$/, "") ?? "");
  if (Array.isArray(theirs)) return { beforeFiles: own, afterFiles: theirs, fallback: [] };
  return { ...theirs, beforeFiles: [...own, ...(theirs.beforeFiles ?? [])] };
}

function rewritesTo(webUrl: string) {
  if (!/^https?:\/\//.test(webUrl)) {
    throw new Error(
      "withPostern: an app with a basePath needs POSTERN_WEB_URL when it is built. Set it to the address of Postern's web app.",
    );
  }
  return [
    ...PAGES.map((page) => `/${page}`),
    ...PAGES.map((page) => `/${page}/:path*`),
    `${ASSETS}/:path*`,
    CHANGE_PASSWORD,
  ].map((source) => ({ source, destination: webUrl + source, basePath: false as const }));
}
