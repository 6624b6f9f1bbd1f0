import path from "node:path";
import type { NextConfig } from "next";

const WORKSPACE = path.dirname(import.meta.dirname);

const config: NextConfig = {
  output: "standalone",
  // The wall around what is traced and watched: the workspace, whose packages are in its root.
  outputFileTracingRoot: WORKSPACE,
  turbopack: { root: WORKSPACE },
  poweredByHeader: false,
  // Else `next dev` would write a file of its own into the tree.
  agentRules: false,
  // Types are checked once, by `npm run types`, with the native compiler.
  typescript: { ignoreBuildErrors: true },
  // What never changes; the policy with its nonce is set in src/proxy.ts, HSTS and nosniff in src/every-answer.ts.
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
