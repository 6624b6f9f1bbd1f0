import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      // The build of this package for server components. The other one throws, since tests are not server components.
      "server-only": fileURLToPath(new URL("../../node_modules/server-only/empty.js", import.meta.url)),
    },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    pool: "threads",
    // Long, for a busy machine: no test waits for anything.
    testTimeout: 60_000,
    // Without this, packages are imported by an address that is wrong if a folder's name has a percent sign.
    server: { deps: { inline: true } },
  },
});
