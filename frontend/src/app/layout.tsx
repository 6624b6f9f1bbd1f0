import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { icons } from "@/components/brand/icons";
import { PlainHttp } from "@/components/plain-http";
import { SiteFooter } from "@/components/site-footer";
import { env } from "@/env";
import { nonceOf } from "@/lib/nonce";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  await connection();
  const { appName } = env();
  const { tab, home } = icons();
  return {
    title: { default: appName, template: `%s · ${appName}` },
    description: `Your account at ${appName}: sign in, devices, password.`,
    icons: { icon: tab, apple: home },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#edf1ef" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1514" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every request renders its page: the nonce of the content security policy is new each time.
  await connection();
  const { https, webUrl, look } = env();
  const nonce = nonceOf((await headers()).get("content-security-policy") ?? "");
  return (
    <html lang="en" className={GeistSans.variable}>
      {look.brandSheet && (
        <head>
          {/* Browsers hide the nonce from scripts, so React sees another one there. */}
          <style nonce={nonce} suppressHydrationWarning>
            {look.brandSheet}
          </style>
        </head>
      )}
      <body className="flex min-h-dvh flex-col">
        {https && <PlainHttp webUrl={webUrl} />}
        {children}
        <SiteFooter />
      </body>
    </html>
  );
}
