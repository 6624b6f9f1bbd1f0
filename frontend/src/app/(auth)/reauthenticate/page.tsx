import { Doorway } from "@/components/brand/doorway";
import { Unavailable } from "@/components/unavailable";
import { nextPath } from "@/lib/next-path";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { ReauthenticateForm } from "./form";
import { here } from "./path";

export const generateMetadata = titled((words) => words.reauthenticate.title);

/** Where an app sends somebody whose last proof of who they are is too old for what they want to do. */
export default async function ReauthenticatePage({ searchParams }: PageProps<"/reauthenticate">) {
  const next = nextPath((await searchParams).next);
  const [viewer, { reauthenticate: words, unavailable }] = await Promise.all([
    requireUser(here(next)),
    getWords(),
  ]);
  if (viewer.status === "unavailable") {
    return (
      <Doorway closed title={unavailable.title} lead={words.unavailable}>
        <Unavailable refusal={viewer.refusal} path={here(next)} />
      </Doorway>
    );
  }
  return (
    <Doorway title={words.title} lead={words.lead}>
      <ReauthenticateForm email={viewer.profile.email} next={next} words={words} />
    </Doorway>
  );
}
