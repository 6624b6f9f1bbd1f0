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
    include: ["src/**/*.test.ts"],
    // Else packages are imported by an address that is wrong in a folder with a percent sign in its name.
    server: { deps: { inline: true } },
  },
});
