import type { MetadataRoute } from "next";
import { connection } from "next/server";
import { icons } from "@/components/brand/icons";
import { env } from "@/env";

export default async function manifest(): Promise<MetadataRoute.Manifest> {
  await connection(); // the name and the icons are settings of the running server
  const { appName } = env();
  const { tab, home } = icons();
  return {
    name: appName,
    short_name: appName,
    start_url: "/profile",
    display: "browser",
    background_color: "#edf1ef",
    theme_color: "#edf1ef",
    icons: [tab, home && { ...home, sizes: "180x180" }]
      .filter((icon) => icon !== undefined)
      .map(({ url, ...icon }) => ({ src: url, sizes: "any", ...icon })),
  };
}
