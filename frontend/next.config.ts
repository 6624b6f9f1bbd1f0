import path from "node:path";
import type { NextConfig } from "next";

const WORKSPACE = path.dirname(import.meta.dirname);
const NEXTS_OWN = ["./builtin/global-error", "../components/builtin/global-error"].map((path) => [
  path,
  "./src/app/global-error.tsx",
]);

const config: NextConfig = {
  output: "standalone",
  // Next traces and watches files in this folder only: the workspace, with its packages.
  outputFileTracingRoot: WORKSPACE,
  turbopack: {
    root: WORKSPACE,
    // Next's runtime always contains its own page for errors of the layout, even if the app has one. It is 1.6 kB.
    // Not in `next dev`: there the pages would lose their styles.
    resolveAlias: process.env.NODE_ENV === "production" ? Object.fromEntries(NEXTS_OWN) : {},
  },
  // This app is a guest on the hosts of other apps (packages/next). There /_next has the files of the other app.
  assetPrefix: "/_postern",
  poweredByHeader: false,
  // Without this `next dev` would write a file of its own into the repository.
  agentRules: false,
  // `npm run types` checks the types once, with the native compiler.
  typescript: { ignoreBuildErrors: true },
  // The headers that never change. src/proxy.ts sets the policy with its nonce, src/every-answer.ts HSTS and nosniff.
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Frame-Options", value: "DENY" },
        // Not `no-referrer`: it would turn the Origin of a form post into `null`.
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
        { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
        {
          key: "Permissions-Policy",
          value: "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
        },
      ],
    },
  ],
};

export default config;
