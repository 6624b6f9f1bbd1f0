import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "@": here("./src"),
      // What a server component gets: the other build throws, and tests are no server component.
      "server-only": here("../node_modules/server-only/empty.js"),
    },
  },
  test: {
    include: ["{src,scripts}/**/*.test.ts"],
    // No test changes a module or a global. One context for all of them costs half as much as one for each file.
    isolate: false,
    pool: "threads",
    // For a machine with much else to do: no test waits for anything.
    testTimeout: 60_000,
    // Else packages are imported by an address that is wrong in a folder with a percent sign in its name.
    server: { deps: { inline: true } },
  },
});
