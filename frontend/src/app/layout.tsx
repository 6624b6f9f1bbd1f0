import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { icons } from "@/components/brand/icons";
import { LanguageChoice } from "@/components/language-choice";
import { Phrase } from "@/components/phrase";
import { PlainHttp } from "@/components/plain-http";
import { SharedWords } from "@/components/shared-words";
import { SiteFooter } from "@/components/site-footer";
import { env } from "@/env";
import { directionOf } from "@/lib/direction";
import { fill } from "@/lib/fill";
import { nonceOf } from "@/lib/nonce";
import { getSpoken, getWords } from "@/words/spoken";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  await connection();
  const { appName } = env();
  const { tab, home } = icons();
  return {
    title: { default: appName, template: `%s · ${appName}` },
    description: fill((await getWords()).app.description, { app: appName }),
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
  const { language, words } = await getSpoken();
  const nonce = nonceOf((await headers()).get("content-security-policy") ?? "");
  return (
    <html lang={language} dir={directionOf(language)} className={GeistSans.variable}>
      {look.brandSheet && (
        <head>
          {/* Browsers hide the nonce from scripts, so React sees another one there. */}
          <style nonce={nonce} suppressHydrationWarning>
            {look.brandSheet}
          </style>
        </head>
      )}
      <body className="flex min-h-dvh flex-col">
        {https && (
          <PlainHttp>
            <Phrase
              parts={{
                address: (
                  <a href={webUrl} className="font-medium underline underline-offset-4 wrap-anywhere">
                    {webUrl}
                  </a>
                ),
              }}
            >
              {words.plainHttp}
            </Phrase>
          </PlainHttp>
        )}
        <SharedWords shared={{ language, form: words.form, error: words.error }}>{children}</SharedWords>
        <SiteFooter>
          <LanguageChoice />
        </SiteFooter>
      </body>
    </html>
  );
}
