import { defineConfig } from "vitest/config";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: {
      "@": here("./src"),
      // What a server component gets: the other build throws, and tests are no server component.
      "server-only": here("./node_modules/server-only/empty.js"),
    },
  },
  test: { include: ["src/**/*.test.ts"] },
});
