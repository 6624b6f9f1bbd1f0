import type { NextConfig } from "next";
import { withPostern } from "postern-auth/config";

const nextConfig: NextConfig = {
  output: "standalone",
  basePath: process.env.BASE_PATH,
  cacheComponents: true,
  partialPrefetching: true,
  turbopack: { root: import.meta.dirname },
  env: { BASE: process.env.BASE_PATH ?? "" },
};

export default withPostern(nextConfig);
