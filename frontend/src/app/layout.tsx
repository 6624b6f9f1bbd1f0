import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { PlainHttp } from "@/components/plain-http";
import { env } from "@/env";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  await connection();
  const { appName } = env();
  return {
    title: { default: appName, template: `%s · ${appName}` },
    description: `Your account at ${appName}: sign in, devices, password.`,
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
  const { https, webUrl } = env();
  return (
    <html lang="en" className={GeistSans.variable}>
      <body className="min-h-dvh">
        {https && <PlainHttp webUrl={webUrl} />}
        {children}
      </body>
    </html>
  );
}
