import type { ReactNode } from "react";
import { AccountNav } from "@/components/account-nav";
import { Masonry } from "@/components/brand/masonry";
import { Wordmark } from "@/components/brand/wordmark";
import { SignedOutElsewhere } from "@/components/signed-out-elsewhere";
import { Button } from "@/components/ui/button";
import { getWords } from "@/words/spoken";

export default async function AccountLayout({ children }: { children: ReactNode }) {
  const { account } = await getWords();
  return (
    <div className="relative isolate flex shrink-0 grow flex-col overflow-hidden">
      <Masonry />
      <div className="plain-wall mx-auto flex w-full max-w-3xl grow flex-col px-5 max-[22rem]:px-3 sm:px-8">
        <header className="flex items-center justify-between gap-4 py-4 sm:py-6">
          <Wordmark />
          <form action="/signout" method="post" className="shrink-0">
            <Button type="submit" look="quiet">
              {account.signOut}
            </Button>
          </form>
        </header>
        <AccountNav words={account} />
        <SignedOutElsewhere words={account} />
        <main className="flex-1 pt-8 pb-16 sm:pt-12">{children}</main>
      </div>
    </div>
  );
}
