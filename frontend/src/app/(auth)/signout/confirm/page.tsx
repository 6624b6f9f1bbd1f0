import { Doorway } from "@/components/brand/doorway";
import { Button, buttonLook } from "@/components/ui/button";
import { hasSession } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../../titled";

export const generateMetadata = titled((words) => words.signout.title);

/** For people who open /signout as an address. A link must not sign anybody out, so it takes a button. */
export default async function SignoutPage() {
  const { signout: words } = await getWords();
  if (!(await hasSession())) {
    return (
      <Doorway closed title={words.title} lead={words.notSignedIn}>
        <a href="/signin" className={buttonLook("solid", "w-full")}>
          {words.signIn}
        </a>
      </Doorway>
    );
  }
  return (
    <Doorway title={words.title} lead={words.lead}>
      <form action="/signout" method="post" className="grid gap-3">
        <Button type="submit">{words.signOut}</Button>
        <a href="/profile" className={buttonLook("quiet")}>
          {words.stay}
        </a>
      </form>
    </Doorway>
  );
}
