import type { Metadata } from "next";
import { Doorway } from "@/components/brand/doorway";
import { Button, buttonLook } from "@/components/ui/button";
import { hasSession } from "@/session/viewer";

export const metadata: Metadata = { title: "Sign out" };

/** For people who open /signout as an address. A link must not sign anybody out, so it takes a button. */
export default async function SignoutPage() {
  if (!(await hasSession())) {
    return (
      <Doorway closed title="Sign out" lead="You are not signed in.">
        <a href="/signin" className={buttonLook("solid", "w-full")}>
          Sign in
        </a>
      </Doorway>
    );
  }
  return (
    <Doorway title="Sign out" lead="You are signed in on this browser.">
      <form action="/signout" method="post" className="grid gap-3">
        <Button type="submit">Sign out</Button>
        <a href="/profile" className={buttonLook("quiet")}>
          Stay signed in
        </a>
      </form>
    </Doorway>
  );
}
