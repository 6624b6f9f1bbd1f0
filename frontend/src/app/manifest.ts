import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { env } from "@/env";

export default async function manifest(): Promise<MetadataRoute.Manifest> {
  await connection(); // the name is a setting of the running server
  const { appName } = env();
  return {
    name: appName,
    short_name: appName,
    start_url: "/profile",
    display: "browser",
    background_color: "#edf1ef",
    theme_color: "#edf1ef",
    icons: [
      { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
      { src: "/apple-icon.png", sizes: "180x180", type: "image/png" },
    ],
  };
}
