import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "@": here("./src"),
      // The build of this package for server components. The other one throws, since tests are not server components.
      "server-only": here("../node_modules/server-only/empty.js"),
    },
  },
  test: {
    include: ["{src,scripts}/**/*.test.ts"],
    // No test changes a module or a global, so all files share one context. This takes half the time.
    isolate: false,
    pool: "threads",
    // Long, for a busy machine: no test waits for anything.
    testTimeout: 60_000,
    // Without this, packages are imported by an address that is wrong if a folder's name has a percent sign.
    server: { deps: { inline: true } },
  },
});
