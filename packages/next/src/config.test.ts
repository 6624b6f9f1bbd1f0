import { afterEach, expect, it, vi } from "vitest";
import { withPostern } from "./config.ts";
import { PAGES } from "./pages.ts";

afterEach(() => vi.unstubAllEnvs());

it("the app's own configuration stays", () => {
  const config = withPostern({ reactStrictMode: true, transpilePackages: ["shared"] });
  expect(config).toEqual({ reactStrictMode: true, transpilePackages: ["shared", "postern-auth"] });
});

it("an app with a basePath gets rewrites for the addresses that its proxy does not see", async () => {
  vi.stubEnv("POSTERN_WEB_URL", "http://web:3000/");
  const theirs = { source: "/old", destination: "/new" };
  const rewrites = await withPostern({ basePath: "/shop", rewrites: async () => [theirs] }).rewrites?.();
  if (!rewrites || Array.isArray(rewrites)) throw new Error("there is no order");
  const sources = rewrites.beforeFiles?.map(({ source }) => source);
  expect(sources).toEqual(expect.arrayContaining([...PAGES.map((page) => `/${page}`), "/_postern/:path*"]));
  expect(rewrites.beforeFiles?.[0]).toMatchObject({
    destination: expect.stringMatching(/^http:\/\/web:3000\//),
    basePath: false,
  });
  expect(rewrites.afterFiles).toEqual([theirs]);
});

it("their order of rewrites stays", async () => {
  vi.stubEnv("POSTERN_WEB_URL", "http://web:3000");
  const theirs = { source: "/old", destination: "/new" };
  const config = withPostern({
    basePath: "/shop",
    rewrites: async () => ({ beforeFiles: [theirs], fallback: [theirs] }),
  });
  const rewrites = await config.rewrites?.();
  if (!rewrites || Array.isArray(rewrites)) throw new Error("there is no order");
  expect(rewrites.beforeFiles?.at(-1)).toEqual(theirs);
  expect(rewrites.fallback).toEqual([theirs]);
});

it("a basePath without POSTERN_WEB_URL is a sentence when the app is built", async () => {
  vi.stubEnv("POSTERN_WEB_URL", "");
  await expect(withPostern({ basePath: "/shop" }).rewrites?.()).rejects.toThrow(/POSTERN_WEB_URL is not set/);
});

it("in development the web app's dev server can reach the page", async () => {
  vi.stubEnv("NODE_ENV", "development");
  vi.stubEnv("POSTERN_WEB_URL", "http://localhost:3000");
  const rewrites = await withPostern().rewrites?.();
  if (!rewrites || Array.isArray(rewrites)) throw new Error("there is no order");
  expect(rewrites.beforeFiles).toEqual([
    {
      source: "/_postern/_next/hmr",
      destination: "http://localhost:3000/_postern/_next/hmr",
      basePath: false,
    },
  ]);
});
